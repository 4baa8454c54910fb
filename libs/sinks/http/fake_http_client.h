#ifndef LIBS_SINKS_HTTP_FAKE_HTTP_CLIENT_H_
#define LIBS_SINKS_HTTP_FAKE_HTTP_CLIENT_H_

#include <algorithm>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "libs/sinks/http/http_client.h"

namespace phoenix {

// Answers as it is told and keeps what was posted. Threads as HttpClient.
class FakeHttpClient : public HttpClient {
 public:
  void Start(size_t call, const HttpPost& post) override {
    bodies.emplace_back(post.body);
    keys.emplace_back(post.idempotency_key);
    encodings.emplace_back(post.content_encoding);
    under_way_.push_back({call, AnswerTo(bodies.back()), took});
    most_under_way = std::max(most_under_way, under_way_.size());
  }

  HttpCompletion Wait() override {
    const auto chosen = under_way_.begin() + choose(under_way_.size());
    HttpCompletion completion = std::move(*chosen);
    under_way_.erase(chosen);
    return completion;
  }

  void Cancel() override { cancelled = true; }

  void AnswerNext(int status) {
    answers.push_back(HttpAnswer{.status = status, .excerpt = "why"});
  }

  size_t under_way() const { return under_way_.size(); }

  bool cancelled = false;

  // A body that contains it, unless it is empty, is answered with this status.
  std::string poison;
  int poison_status = 422;

  // Of the next calls, in order; when there is none: 200.
  std::deque<absl::StatusOr<HttpAnswer>> answers;
  absl::Duration took = absl::Milliseconds(10);

  // Which of so many calls under way is answered next.
  std::function<size_t(size_t)> choose = [](size_t) { return 0; };

  std::vector<std::string> bodies;
  std::vector<std::string> keys;
  std::vector<std::string> encodings;
  size_t most_under_way = 0;

 private:
  absl::StatusOr<HttpAnswer> AnswerTo(const std::string& body) {
    if (!poison.empty() && body.find(poison) != std::string::npos) {
      return HttpAnswer{.status = poison_status, .excerpt = "poison"};
    }
    if (answers.empty()) return HttpAnswer{.status = 200, .excerpt = ""};
    auto answer = answers.front();
    answers.pop_front();
    return answer;
  }

  std::deque<HttpCompletion> under_way_;
};

}  // namespace phoenix

#endif  // LIBS_SINKS_HTTP_FAKE_HTTP_CLIENT_H_
