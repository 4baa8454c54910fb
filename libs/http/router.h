#ifndef LIBS_HTTP_ROUTER_H_
#define LIBS_HTTP_ROUTER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "libs/http/handler.h"

namespace phoenix::http {

// Chooses a handler by method and exact path; answers 404 for a path that
// nobody has and 405, with `Allow`, for a method that the path does not take.
// HEAD goes where GET goes. Thread-compatible: filled before the server starts.
class Router : public Handler {
 public:
  // `handler` outlives the router. A later handler replaces an earlier one.
  void Add(const std::string& method, const std::string& path,
           Handler& handler);

  // Has `observer` told the reason of each refusal that no handler of a route
  // sees: its own, and those of the server.
  using RefusalObserver = std::function<void(std::string_view reason)>;
  void ObserveRefusals(RefusalObserver observer) {
    observer_ = std::move(observer);
  }

  std::unique_ptr<Exchange> Accept(
      const RequestHead& head, std::shared_ptr<Responder> responder) override;
  void OnRefused(std::string_view reason) override;

 private:
  std::unique_ptr<Exchange> Refuse(std::string_view reason, Response response,
                                   Responder& responder);

  RefusalObserver observer_;

  // By path, then by method.
  std::map<std::string, std::map<std::string, Handler*>, std::less<>> routes_;
};

// Answers each request, once its body has been read and thrown away, with what
// a function says: for pages.
class PageHandler : public Handler {
 public:
  using Page = std::function<Response(const RequestHead&)>;

  explicit PageHandler(Page page) : page_(std::move(page)) {}

  std::unique_ptr<Exchange> Accept(
      const RequestHead& head, std::shared_ptr<Responder> responder) override;

 private:
  Page page_;
};

}  // namespace phoenix::http

#endif  // LIBS_HTTP_ROUTER_H_
