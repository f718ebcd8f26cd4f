#include "transport/tls.hpp"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <climits>

#include "base/assert.hpp"

namespace hubbub {
namespace {

/// The oldest error of OpenSSL's queue, which is then emptied.
std::string openssl_error() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (code == 0) return "unknown error";
    const char* const reason = ERR_reason_error_string(code);
    return reason ? reason : "error " + std::to_string(code);
}

struct FreeContext {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct FreeSession {
    void operator()(SSL* session) const { SSL_free(session); }
};
using ContextPointer = std::unique_ptr<SSL_CTX, FreeContext>;

Status load_identity(SSL_CTX* context, const TlsFiles& files) {
    if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
        return fail("TLS certificate " + files.certificate + ": " + openssl_error());
    if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) != 1)
        return fail("TLS key " + files.key + ": " + openssl_error());
    if (SSL_CTX_check_private_key(context) != 1)
        return fail("TLS key " + files.key + " does not belong to certificate " + files.certificate);
    return {};
}

ContextPointer make_context(const SSL_METHOD* method) {
    ContextPointer context(SSL_CTX_new(method));
    HUBBUB_ASSERT(context != nullptr, "out of memory for a TLS context");
    SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
    SSL_CTX_set_options(context.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    // An idle connection keeps no record buffers (about 34 KB); writes may move and be partial, as ours do.
    SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                        SSL_MODE_ENABLE_PARTIAL_WRITE);
    return context;
}

bool is_address(const std::string& host) {
    in6_addr any{};
    return ::inet_pton(AF_INET, host.c_str(), &any) == 1 || ::inet_pton(AF_INET6, host.c_str(), &any) == 1;
}

}  // namespace

struct TlsContext::Impl {
    ContextPointer context;
};

struct TlsSession::Impl {
    std::unique_ptr<SSL, FreeSession> ssl;
    BIO* in = nullptr;  // both belong to ssl
    BIO* out = nullptr;
};

TlsContext::TlsContext(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TlsContext::~TlsContext() = default;

Result<std::shared_ptr<const TlsContext>> TlsContext::server(const TlsFiles& files) {
    auto context = make_context(TLS_server_method());
    if (files.certificate.empty() || files.key.empty()) return fail("TLS needs both a certificate and a key");
    if (Status loaded = load_identity(context.get(), files); !loaded) return loaded.error();
    return std::shared_ptr<const TlsContext>(
        new TlsContext(std::make_unique<Impl>(Impl{std::move(context)})));
}

Result<std::shared_ptr<const TlsContext>> TlsContext::client(const TlsFiles& files) {
    auto context = make_context(TLS_client_method());
    if (!files.certificate.empty() || !files.key.empty())
        if (Status loaded = load_identity(context.get(), files); !loaded) return loaded.error();
    if (!files.authorities.empty()) {
        if (SSL_CTX_load_verify_file(context.get(), files.authorities.c_str()) != 1)
            return fail("TLS authorities " + files.authorities + ": " + openssl_error());
    } else {
        SSL_CTX_set_default_verify_paths(context.get());
    }
    SSL_CTX_set_verify(context.get(), files.verify ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
    return std::shared_ptr<const TlsContext>(
        new TlsContext(std::make_unique<Impl>(Impl{std::move(context)})));
}

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context) : context_(std::move(context)) {
    start();
    SSL_set_accept_state(impl_->ssl.get());
}

TlsSession::TlsSession(std::shared_ptr<const TlsContext> context, const std::string& host)
    : context_(std::move(context)) {
    start();
    SSL* const ssl = impl_->ssl.get();
    if (is_address(host)) {
        X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), host.c_str());
    } else {
        SSL_set_tlsext_host_name(ssl, host.c_str());
        SSL_set1_host(ssl, host.c_str());
    }
    SSL_set_connect_state(ssl);
    note(SSL_do_handshake(ssl));  // writes the client's hello
}

TlsSession::~TlsSession() = default;

void TlsSession::start() {
    impl_ = std::make_unique<Impl>();
    impl_->ssl.reset(SSL_new(context_->impl_->context.get()));
    impl_->in = BIO_new(BIO_s_mem());
    impl_->out = BIO_new(BIO_s_mem());
    HUBBUB_ASSERT(impl_->ssl && impl_->in && impl_->out, "out of memory for a TLS session");
    SSL_set_bio(impl_->ssl.get(), impl_->in, impl_->out);
}

void TlsSession::feed(std::string_view cipher) {
    HUBBUB_ASSERT(cipher.size() <= INT_MAX, "read in smaller pieces");
    BIO_write(impl_->in, cipher.data(), static_cast<int>(cipher.size()));
}

std::size_t TlsSession::read(std::span<char> into) {
    if (failed() || ended_) return 0;
    ERR_clear_error();
    const int got = SSL_read(impl_->ssl.get(), into.data(), static_cast<int>(into.size()));
    if (got > 0) return static_cast<std::size_t>(got);
    note(got);
    return 0;
}

void TlsSession::write(std::string_view plain) {
    ERR_clear_error();
    while (!plain.empty() && !failed()) {
        const int taken = SSL_write(impl_->ssl.get(), plain.data(), static_cast<int>(plain.size()));
        if (taken <= 0) return note(taken);
        plain.remove_prefix(static_cast<std::size_t>(taken));
    }
}

void TlsSession::end() {
    SSL* const ssl = impl_->ssl.get();
    // A second call would begin to read.
    if (established() && !failed() && (SSL_get_shutdown(ssl) & SSL_SENT_SHUTDOWN) == 0) SSL_shutdown(ssl);
    ERR_clear_error();
}

/// What a call's result means: waiting for bytes is nothing; an end or an error is kept.
void TlsSession::note(int result) {
    if (result > 0) return;
    switch (SSL_get_error(impl_->ssl.get(), result)) {
        case SSL_ERROR_WANT_READ:
        case SSL_ERROR_WANT_WRITE:
            return;
        case SSL_ERROR_ZERO_RETURN:
            ended_ = true;
            return;
        default: {
            const long verified = SSL_get_verify_result(impl_->ssl.get());
            error_ = openssl_error();
            untrusted_ = verified != X509_V_OK;
            if (untrusted_) error_ += std::string(": ") + X509_verify_cert_error_string(verified);
        }
    }
}

std::string_view TlsSession::output() const {
    char* data = nullptr;
    const long size = BIO_get_mem_data(impl_->out, &data);
    return {data, static_cast<std::size_t>(size)};
}

void TlsSession::sent(std::size_t bytes) {
    // Reading is how a memory BIO forgets.
    char scratch[4096];
    while (bytes != 0) {
        const int got = BIO_read(impl_->out, scratch, static_cast<int>(std::min(bytes, sizeof(scratch))));
        HUBBUB_ASSERT(got > 0, "more was sent than there was");
        bytes -= static_cast<std::size_t>(got);
    }
}

bool TlsSession::established() const {
    return SSL_is_init_finished(impl_->ssl.get()) != 0;
}

}  // namespace hubbub
