// Links through TLS: the same contract as without, and no trust where none is due.
#include "transport/tls.hpp"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>

#include "tests/transport/loopback.hpp"

namespace hubbub::testing {
namespace {

/// A key and a certificate for 127.0.0.1 that nobody but itself signed, as PEM files.
class Identity {
  public:
    Identity() {
        folder_ = std::filesystem::temp_directory_path() /
                  ("hubbub_tls_" + std::to_string(::getpid()) + "_" + std::to_string(++made_));
        std::filesystem::create_directories(folder_);
        EVP_PKEY* const key = EVP_EC_gen("P-256");
        X509* const certificate = X509_new();
        X509_set_version(certificate, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), made_);
        X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
        X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
        X509_set_pubkey(certificate, key);
        X509_NAME* const name = X509_get_subject_name(certificate);
        X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("hubbub test"), -1, -1, 0);
        X509_set_issuer_name(certificate, name);
        X509_EXTENSION* const names =
            X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
        X509_add_ext(certificate, names, -1);
        X509_sign(certificate, key, EVP_sha256());
        write(this->certificate(), [&](std::FILE* file) { PEM_write_X509(file, certificate); });
        write(this->key(), [&](std::FILE* file) {
            PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
        });
        X509_EXTENSION_free(names);
        X509_free(certificate);
        EVP_PKEY_free(key);
    }
    ~Identity() { std::filesystem::remove_all(folder_); }
    [[nodiscard]] std::string certificate() const { return folder_ / "certificate.pem"; }
    [[nodiscard]] std::string key() const { return folder_ / "key.pem"; }

  private:
    template <class Write>
    static void write(const std::string& path, Write&& write_to) {
        std::FILE* const file = std::fopen(path.c_str(), "w");
        write_to(file);
        std::fclose(file);
    }
    static inline int made_ = 0;
    std::filesystem::path folder_;
};

LoopOptions serving(const Identity& identity) {
    LoopOptions options;
    options.server_tls =
        TlsContext::server({.certificate = identity.certificate(), .key = identity.key()}).value();
    return options;
}

LoopOptions dialing(std::uint16_t port, const TlsFiles& files, const std::string& host = "127.0.0.1") {
    LoopOptions options;
    options.endpoints = {resolve("wss://127.0.0.1:" + std::to_string(port) + "/chat").value()};
    options.endpoints[0].name = host;
    options.client_tls = TlsContext::client(files).value();
    return options;
}

struct Dialing {
    explicit Dialing(LoopOptions options) : loop(std::move(options), clock) {
        loop.set_owner(owner);
        loop.dial(1, 0);
    }
    MonotonicClock clock;
    Recorder owner;
    Loop loop;
};

TEST(Tls, CarriesBytesBothWaysWhateverTheirNumber) {
    const Identity identity;
    Server server(serving(identity));
    Dialing client(dialing(server.port, {.authorities = identity.certificate()}));
    ASSERT_TRUE(turn_until({&server.loop, &client.loop},
                           [&] { return !client.owner.links.empty() && !server.owner.links.empty(); }));
    // More than one record, one send and one read buffer.
    std::string long_one;
    for (int i = 0; i < 200'000; ++i) long_one += std::to_string(i);
    client.loop.send(client.owner.links[0], SharedBytes::copy_of(long_one));
    client.loop.send(client.owner.links[0], SharedBytes::copy_of("the end"));
    server.loop.send(server.owner.links[0], SharedBytes::copy_of("hello"));
    EXPECT_TRUE(turn_until({&server.loop, &client.loop}, [&] {
        return server.owner.input[server.owner.links[0]].size() == long_one.size() + 7 &&
               client.owner.input[client.owner.links[0]].size() == 5;
    }));
    EXPECT_EQ(server.owner.input[server.owner.links[0]], long_one + "the end");
    EXPECT_EQ(client.owner.input[client.owner.links[0]], "hello");
}

TEST(Tls, FlushesBeforeItClosesAndTellsTheEnd) {
    const Identity identity;
    Server server(serving(identity));
    Dialing client(dialing(server.port, {.authorities = identity.certificate()}));
    ASSERT_TRUE(turn_until({&server.loop, &client.loop},
                           [&] { return !client.owner.links.empty() && !server.owner.links.empty(); }));
    server.loop.send(server.owner.links[0], SharedBytes::copy_of(std::string(300'000, 'x')));
    server.loop.close(server.owner.links[0]);
    ASSERT_TRUE(turn_until({&server.loop, &client.loop},
                           [&] { return !client.owner.ends.empty() && !server.owner.ends.empty(); }));
    EXPECT_EQ(client.owner.input[client.owner.links[0]].size(), 300'000U);
    EXPECT_EQ(client.owner.ends[0].why, LinkEnd::closed_by_peer);
    EXPECT_EQ(server.owner.ends[0].why, LinkEnd::closed_by_us);
}

/// How a dial ends that must not succeed.
LinkEnd failure_of(Server& server, LoopOptions options) {
    Dialing client(std::move(options));
    EXPECT_TRUE(turn_until({&server.loop, &client.loop}, [&] { return !client.owner.failures.empty(); }));
    EXPECT_TRUE(client.owner.links.empty());
    EXPECT_TRUE(server.owner.links.empty());
    return client.owner.failures.empty() ? LinkEnd::closed_by_us : client.owner.failures[0].why;
}

TEST(Tls, TrustsNobodyThatNoAuthoritySigned) {
    const Identity identity, other;
    Server server(serving(identity));
    EXPECT_EQ(failure_of(server, dialing(server.port, {})), LinkEnd::tls_untrusted);
    EXPECT_EQ(failure_of(server, dialing(server.port, {.authorities = other.certificate()})),
              LinkEnd::tls_untrusted);
}

TEST(Tls, TrustsNoCertificateOfAnotherHost) {
    const Identity identity;
    Server server(serving(identity));
    EXPECT_EQ(failure_of(server, dialing(server.port, {.authorities = identity.certificate()}, "127.0.0.2")),
              LinkEnd::tls_untrusted);
    EXPECT_EQ(
        failure_of(server, dialing(server.port, {.authorities = identity.certificate()}, "example.org")),
        LinkEnd::tls_untrusted);
}

TEST(Tls, TakesAnyCertificateWhenToldTo) {
    const Identity identity;
    Server server(serving(identity));
    Dialing client(dialing(server.port, {.verify = false}, "example.org"));
    EXPECT_TRUE(turn_until({&server.loop, &client.loop}, [&] { return !client.owner.links.empty(); }));
}

TEST(Tls, SaysWhenThereIsNoTlsAtTheOtherEnd) {
    Server plain;
    EXPECT_EQ(failure_of(plain, dialing(plain.port, {.verify = false})), LinkEnd::tls_failed);
}

TEST(Tls, GivesUpOnAPeerThatSpeaksSomethingElse) {
    const Identity identity;
    Server server(serving(identity));
    RawPeer peer(server.port);
    peer.upgrade();  // plain HTTP
    EXPECT_TRUE(turn_until({&server.loop}, [&] {
        peer.listen();
        return peer.ended;
    }));
    EXPECT_TRUE(server.owner.links.empty());
}

TEST(Tls, NamesTheFileThatIsWrong) {
    const Identity identity, other;
    const auto message = [](const TlsFiles& files) {
        const auto made = TlsContext::server(files);
        return made ? std::string("made") : made.error().message;
    };
    EXPECT_NE(message({.certificate = "/no/such.pem", .key = identity.key()}).find("/no/such.pem"),
              std::string::npos);
    EXPECT_NE(message({.certificate = identity.certificate(), .key = other.key()}).find(other.key()),
              std::string::npos);
    EXPECT_NE(message({.certificate = identity.certificate()}).find("both"), std::string::npos);
    EXPECT_FALSE(TlsContext::client({.authorities = "/no/such.pem"}).has_value());
}

}  // namespace
}  // namespace hubbub::testing
