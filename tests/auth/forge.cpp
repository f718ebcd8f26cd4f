#include "tests/auth/forge.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <array>
#include <memory>

#include "base/base64url.hpp"

namespace hubbub::auth::testing {
namespace {

using Pkey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;

std::string text_of(BIO* bio) {
    char* data = nullptr;
    const long length = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(length)};
}

KeyPair to_pem(EVP_PKEY* key) {
    const Bio secret_half(BIO_new(BIO_s_mem()), BIO_free);
    const Bio public_half(BIO_new(BIO_s_mem()), BIO_free);
    PEM_write_bio_PrivateKey(secret_half.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    PEM_write_bio_PUBKEY(public_half.get(), key);
    return {text_of(secret_half.get()), text_of(public_half.get())};
}

}  // namespace

KeyPair make_rsa(unsigned bits) {
    const Pkey key(EVP_RSA_gen(bits), EVP_PKEY_free);
    return to_pem(key.get());
}

KeyPair make_ec(const char* curve) {
    const Pkey key(EVP_EC_gen(curve), EVP_PKEY_free);
    return to_pem(key.get());
}

const KeyPair& rsa() {
    static const KeyPair pair = make_rsa();
    return pair;
}
const KeyPair& ec() {
    static const KeyPair pair = make_ec();
    return pair;
}

std::string unsigned_part(std::string_view header, std::string_view payload) {
    return base64url_encode(header) + "." + base64url_encode(payload);
}

std::string hs256(std::string_view part, std::string_view key) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
         reinterpret_cast<const unsigned char*>(part.data()), part.size(), digest.data(), &length);
    return base64url_encode({reinterpret_cast<const char*>(digest.data()), length});
}

std::string rs256(std::string_view part, const std::string& private_pem) {
    const Bio bio(BIO_new_mem_buf(private_pem.data(), static_cast<int>(private_pem.size())), BIO_free);
    const Pkey key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get());
    const auto* const bytes = reinterpret_cast<const unsigned char*>(part.data());
    std::size_t length = 0;
    EVP_DigestSign(context.get(), nullptr, &length, bytes, part.size());
    std::string signature(length, '\0');
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, bytes,
                   part.size());
    signature.resize(length);
    return base64url_encode(signature);
}

}  // namespace hubbub::auth::testing
