#include "protocol/links.hpp"

namespace hubbub {

std::string_view name(LinkEnd end) {
    switch (end) {
        case LinkEnd::closed_by_peer:
            return "closed by peer";
        case LinkEnd::reset:
            return "reset by peer";
        case LinkEnd::closed_by_us:
            return "closed by us";
        case LinkEnd::connect_refused:
            return "connect: refused";
        case LinkEnd::connect_failed:
            return "connect: failed";
        case LinkEnd::connect_timeout:
            return "connect: timeout";
        case LinkEnd::http_status:
            return "upgrade: HTTP status";
        case LinkEnd::upgrade_invalid:
            return "upgrade: invalid answer";
        case LinkEnd::tls_untrusted:
            return "TLS: certificate not trusted";
        case LinkEnd::tls_failed:
            return "TLS: failed";
        case LinkEnd::no_descriptors:
            return "connect: no descriptors or ports left here";
    }
    return "unknown";
}

}  // namespace hubbub
