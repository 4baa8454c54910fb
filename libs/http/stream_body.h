#ifndef LIBS_HTTP_STREAM_BODY_H_
#define LIBS_HTTP_STREAM_BODY_H_

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

namespace phoenix::http {

// A Beast body that keeps nothing: the parser hands each part on where it lies
// in the read buffer. Include it in .cc files only.
struct StreamBody {
  // Where the parts go; empty: nowhere.
  using value_type = std::function<void(std::string_view)>;

  class reader {
   public:
    template <bool kIsRequest, typename Fields>
    reader(boost::beast::http::header<kIsRequest, Fields>&, value_type& sink)
        : sink_(sink) {}

    void init(const boost::optional<uint64_t>&,
              boost::beast::error_code& error) {
      error = {};
    }

    template <typename Buffers>
    size_t put(const Buffers& buffers, boost::beast::error_code& error) {
      error = {};
      size_t size = 0;
      for (auto it = boost::asio::buffer_sequence_begin(buffers);
           it != boost::asio::buffer_sequence_end(buffers); ++it) {
        const boost::asio::const_buffer part = *it;
        size += part.size();
        if (sink_ && part.size() > 0) {
          sink_({static_cast<const char*>(part.data()), part.size()});
        }
      }
      return size;
    }

    void finish(boost::beast::error_code& error) { error = {}; }

   private:
    value_type& sink_;
  };
};

}  // namespace phoenix::http

#endif  // LIBS_HTTP_STREAM_BODY_H_
