// The one translation unit that compiles Asio's and Beast's own sources; everyone else only sees
// declarations.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
