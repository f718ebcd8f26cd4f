#include "auth/keys.hpp"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <array>
#include <fstream>
#include <iterator>
#include <memory>

namespace hubbub::auth {
namespace {

constexpr std::array<std::string_view, 3> algorithm_names = {"HS256", "RS256", "ES256"};
// RFC 7518 section 3.2: a key of the size of the hash at least. Section 3.3: 2048 bits at least.
constexpr std::size_t secret_bytes_min = 32;
constexpr int rsa_bits_min = 2048;
/// A PEM file or a secret; above it somebody named the wrong file.
constexpr std::size_t key_file_bytes_max = 64 * 1024;

using KeyPointer = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

KeyPointer parse_pem(const std::string& pem, KeyUse use) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> bio(
        BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())), BIO_free);
    // No password: the default callback would ask on the terminal.
    const auto no_password = [](char*, int, int, void*) { return -1; };
    EVP_PKEY* key = use == KeyUse::sign ? PEM_read_bio_PrivateKey(bio.get(), nullptr, no_password, nullptr)
                                        : PEM_read_bio_PUBKEY(bio.get(), nullptr, no_password, nullptr);
    return {key, EVP_PKEY_free};
}

bool on_p256(const EVP_PKEY& key) {
    std::array<char, 32> group{};
    std::size_t length = 0;
    return EVP_PKEY_get_group_name(&key, group.data(), group.size(), &length) == 1 &&
           (std::string_view(group.data(), length) == "prime256v1" ||
            std::string_view(group.data(), length) == "P-256");
}

Status check_pem(Algorithm algorithm, const std::string& pem, KeyUse use) {
    const KeyPointer key = parse_pem(pem, use);
    if (!key)
        return fail(std::string("is no ") + (use == KeyUse::sign ? "private" : "public") +
                    " key in PEM (BEGIN " + (use == KeyUse::sign ? "PRIVATE" : "PUBLIC") + " KEY)");
    if (algorithm == Algorithm::rs256) {
        if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_RSA) return fail("is not an RSA key, as RS256 needs");
        if (EVP_PKEY_get_bits(key.get()) < rsa_bits_min)
            return fail("is weaker than the 2048 bits that RS256 needs");
        return {};
    }
    if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_EC || !on_p256(*key))
        return fail("is not a key on the curve P-256, as ES256 needs");
    return {};
}

Result<std::string> read_file(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) return fail("cannot be read: " + path);
    std::string text(std::istreambuf_iterator<char>(stream), {});
    if (text.size() > key_file_bytes_max) return fail("is too long for a key: " + path);
    // An editor's newline is not part of a secret.
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
    return text;
}

}  // namespace

std::string_view name(Algorithm algorithm) {
    return algorithm_names[static_cast<std::size_t>(algorithm)];
}

std::optional<Algorithm> algorithm_from(std::string_view wanted) {
    for (std::size_t i = 0; i < algorithm_names.size(); ++i)
        if (algorithm_names[i] == wanted) return static_cast<Algorithm>(i);
    return std::nullopt;
}

Result<Key> make_key(std::string id, Algorithm algorithm, std::string material, KeyUse use) {
    if (algorithm == Algorithm::hs256) {
        if (material.size() < secret_bytes_min)
            return fail("the secret of HS256 has " + std::to_string(material.size()) +
                        " bytes and needs at least 32 (try: openssl rand -base64 32)");
    } else if (const Status sound = check_pem(algorithm, material, use); !sound) {
        return fail("the key of " + std::string(name(algorithm)) + " " + sound.error().message);
    }
    return Key{std::move(id), algorithm, std::move(material)};
}

Result<Key> read_key(std::string_view spec, KeyUse use, const Environment& environment) {
    constexpr std::string_view env_mark = ":env=";
    constexpr std::string_view file_mark = ":file=";
    const auto env = spec.find(env_mark);
    const auto file = spec.find(file_mark);
    const auto mark = std::min(env, file);
    if (mark == std::string_view::npos)  // the text may be a secret: it is not repeated
        return fail(
            "a key is given as [ID:]ALG:env=NAME or [ID:]ALG:file=PATH, with ALG one of HS256, RS256, ES256; "
            "never the secret itself: every process of this machine can read a command line");
    const std::string_view head = spec.substr(0, mark);
    const auto colon = head.rfind(':');
    const std::string_view word = colon == std::string_view::npos ? head : head.substr(colon + 1);
    const auto algorithm = algorithm_from(word);
    if (!algorithm) return fail("'" + std::string(word) + "' is not one of HS256, RS256, ES256");
    std::string id(colon == std::string_view::npos ? std::string_view{} : head.substr(0, colon));
    if (mark == env) {
        const std::string variable(spec.substr(mark + env_mark.size()));
        auto value = environment(variable);
        if (!value) return fail("the environment has no variable " + variable + " that holds the key");
        return make_key(std::move(id), *algorithm, std::move(*value), use);
    }
    auto text = read_file(std::string(spec.substr(mark + file_mark.size())));
    if (!text) return fail("the key's file " + text.error().message);
    return make_key(std::move(id), *algorithm, std::move(*text), use);
}

}  // namespace hubbub::auth
