// What an operation that may fail returns; ignoring one is a warning (an error in CI).
// Owned by nobody; any thread.
#pragma once

#include <boost/system/result.hpp>
#include <stdexcept>
#include <string>
#include <utility>

namespace hubbub {

/// A failure for people: one sentence that says where and what to do. Cold paths only; protocols have
/// ErrorCode. Made by fail() alone: were it made of any text, a Result<std::string> could not tell its value
/// from its error.
struct Error {
    std::string message;
    Error() = default;  ///< what error() gives when there is none

  private:
    explicit Error(std::string text) : message(std::move(text)) {}
    friend Error fail(std::string message);
};

[[noreturn]] inline void throw_exception_from_error(const Error& error, const boost::source_location&) {
    throw std::runtime_error(error.message);
}

/// boost::system::result that warns when it is ignored.
template <class T, class E = Error>
class [[nodiscard]] Result : public boost::system::result<T, E> {
  public:
    using boost::system::result<T, E>::result;
};

using Status = Result<void>;

inline Error fail(std::string message) {
    return Error(std::move(message));
}

}  // namespace hubbub
