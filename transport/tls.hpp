// TLS as a filter on bytes (OpenSSL over memory BIOs): what the loop reads goes in, what it writes comes out.
// No sockets. A context is made before the loops start and shared by them; a session belongs to one link, its
// loop's thread only.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hubbub {

/// PEM files. A server needs certificate and key; a client only for targets that ask for a client
/// certificate.
struct TlsFiles {
    std::string certificate = {};  ///< the chain, leaf first
    std::string key = {};
    std::string authorities = {};  ///< client: whom to trust; empty: the system's
    bool verify = true;       ///< client: false accepts any certificate (tests against self-signed ones)
};

/// Settings and keys of one side: TLS 1.2 and 1.3, OpenSSL's default ciphers, no renegotiation.
class TlsContext {
  public:
    /// Errors name the file and what OpenSSL says of it.
    static Result<std::shared_ptr<const TlsContext>> server(const TlsFiles& files);
    static Result<std::shared_ptr<const TlsContext>> client(const TlsFiles& files);
    ~TlsContext();
    TlsContext(const TlsContext&) = delete;
    TlsContext& operator=(const TlsContext&) = delete;

  private:
    friend class TlsSession;
    struct Impl;
    explicit TlsContext(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

class TlsSession {
  public:
    /// Accepts.
    explicit TlsSession(std::shared_ptr<const TlsContext> context);
    /// Connects to `host`: name or address, which the certificate must be for.
    TlsSession(std::shared_ptr<const TlsContext> context, const std::string& host);
    ~TlsSession();
    TlsSession(const TlsSession&) = delete;
    TlsSession& operator=(const TlsSession&) = delete;

    /// Bytes from the peer. Then read() until it gives nothing.
    void feed(std::string_view cipher);
    /// Plain bytes into `into`; how many. 0: feed more; or ended(), or failed().
    std::size_t read(std::span<char> into);
    /// Takes plain bytes; only once established().
    void write(std::string_view plain);
    /// Says that nothing more will be written.
    void end();

    /// What is to be sent to the peer now; valid until the next call.
    [[nodiscard]] std::string_view output() const;
    void sent(std::size_t bytes);

    [[nodiscard]] bool established() const;
    [[nodiscard]] bool ended() const { return ended_; }  ///< the peer will write nothing more
    /// What went wrong, in OpenSSL's words; empty: nothing.
    [[nodiscard]] const std::string& error() const { return error_; }
    [[nodiscard]] bool failed() const { return !error_.empty(); }
    [[nodiscard]] bool untrusted() const { return untrusted_; }  ///< it failed over the peer's certificate

  private:
    struct Impl;
    void start();
    void note(int result);

    std::shared_ptr<const TlsContext> context_;
    std::unique_ptr<Impl> impl_;
    bool ended_ = false;
    bool untrusted_ = false;
    std::string error_;
};

}  // namespace hubbub
