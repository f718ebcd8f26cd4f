// The table, part: TLS towards the target.
#include "loadgen/scenario/keys.hpp"

namespace hubbub {
namespace {

using enum KeyType;

const Key table[] = {
    {.path = "target.tls", .type = map, .doc = "For wss:// endpoints; all files are PEM."},
    {.path = "target.tls.authorities",
     .type = text,
     .doc = "Whose certificates to trust. Without it: whom this machine trusts.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.tls_authorities = v.text; }},
    {.path = "target.tls.certificate",
     .type = text,
     .doc = "The generator's own certificate, where the target asks for one.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.tls_certificate = v.text; }},
    {.path = "target.tls.key",
     .type = text,
     .doc = "Its key.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.tls_key = v.text; }},
    {.path = "target.tls.verify",
     .type = flag,
     .need = Need::fallback,
     .fallback = "true",
     .doc = "false: take any certificate. Only for tests against one that nobody signed.",
     .set = [](Draft& d, const Value& v) { d.scenario.target.tls_verify = v.flag; }},
};

}  // namespace

KeyPart tls_keys() {
    return {table};
}

}  // namespace hubbub
