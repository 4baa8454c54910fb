#include "libs/http/router.h"

#include <utility>

#include "libs/http/error_response.h"

namespace phoenix::http {
namespace {

constexpr std::string_view kNotFound = "DOOR_NOT_FOUND";
constexpr std::string_view kNotAllowed = "METHOD_NOT_ALLOWED";

Response NotFound(const RequestHead& head) {
  return ErrorResponse({.http_status = 404,
                        .reason = std::string(kNotFound),
                        .message = "There is nothing at '" + head.path + "'.",
                        .metadata = {{"path", head.path}}});
}

Response MethodNotAllowed(const RequestHead& head,
                          const std::map<std::string, Handler*>& methods) {
  std::string allow;
  for (const auto& [method, handler] : methods) {
    if (!allow.empty()) allow += ", ";
    allow += method;
  }
  Response response = ErrorResponse(
      {.http_status = 405,
       .reason = std::string(kNotAllowed),
       .message = "'" + head.path + "' takes " + allow + " requests only.",
       .metadata = {{"allow", allow}}});
  response.headers.emplace_back("Allow", allow);
  return response;
}

class PageExchange : public IgnoredBody {
 public:
  PageExchange(RequestHead head, std::shared_ptr<Responder> responder,
               const PageHandler::Page& page)
      : head_(std::move(head)), responder_(std::move(responder)), page_(page) {}

  void OnEnd() override { responder_->Respond(page_(head_)); }

 private:
  RequestHead head_;
  std::shared_ptr<Responder> responder_;
  const PageHandler::Page& page_;
};

}  // namespace

void Router::Add(const std::string& method, const std::string& path,
                 Handler& handler) {
  routes_[path][method] = &handler;
}

std::unique_ptr<Exchange> Router::Accept(const RequestHead& head,
                                         std::shared_ptr<Responder> responder) {
  const auto route = routes_.find(head.path);
  if (route == routes_.end()) {
    return Refuse(kNotFound, NotFound(head), *responder);
  }
  const auto& methods = route->second;
  auto chosen = methods.find(head.method);
  if (chosen == methods.end() && head.method == "HEAD") {
    chosen = methods.find("GET");
  }
  if (chosen == methods.end()) {
    return Refuse(kNotAllowed, MethodNotAllowed(head, methods), *responder);
  }
  return chosen->second->Accept(head, std::move(responder));
}

void Router::OnRefused(std::string_view reason) {
  if (observer_) observer_(reason);
}

std::unique_ptr<Exchange> Router::Refuse(std::string_view reason,
                                         Response response,
                                         Responder& responder) {
  OnRefused(reason);
  responder.Respond(std::move(response));
  return std::make_unique<IgnoredBody>();
}

std::unique_ptr<Exchange> PageHandler::Accept(
    const RequestHead& head, std::shared_ptr<Responder> responder) {
  return std::make_unique<PageExchange>(head, std::move(responder), page_);
}

}  // namespace phoenix::http
