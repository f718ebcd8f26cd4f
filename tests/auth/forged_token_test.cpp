// Tokens that must not be accepted, each refused for its own reason: a case that fails for another reason
// proves nothing about the check that it was made for.
#include <gtest/gtest.h>

#include "base/base64url.hpp"
#include "base/random.hpp"
#include "protocol/limits.hpp"
#include "protocol/token_limits.hpp"
#include "tests/auth/forge.hpp"

namespace hubbub::auth::testing {
namespace {

using enum TokenFault;

const std::string header = R"({"alg":"HS256","typ":"JWT"})";
const std::string payload = R"({"sub":"ann","exp":1800000060,"iat":1799999990,"iss":"me","aud":"chat"})";

std::string with(const std::string& claims) {
    return R"({"iss":"me","aud":"chat",)" + claims + "}";
}
std::string signed_with(const std::string& claims) {
    return hs_token(header, with(claims));
}
std::string without_signature(const std::string& token) {
    return token.substr(0, token.rfind('.'));
}

struct Forged : ::testing::Test {
    Verifier hs = *Verifier::make({key_of(Algorithm::hs256, secret, KeyUse::check)}, {"chat", "me"});
    Verifier rs =
        *Verifier::make({key_of(Algorithm::rs256, rsa().public_pem, KeyUse::check)}, {"chat", "me"});
    Verifier es = *Verifier::make({key_of(Algorithm::es256, ec().public_pem, KeyUse::check)}, {"chat", "me"});
    Verifier several = *Verifier::make({key_of(Algorithm::hs256, secret, KeyUse::check, "h"),
                                        key_of(Algorithm::rs256, rsa().public_pem, KeyUse::check, "r"),
                                        key_of(Algorithm::es256, ec().public_pem, KeyUse::check, "e")},
                                       {"chat", "me"});
    std::size_t cases = 0;

    void refused(const Verifier& verifier, const std::string& token, TokenFault why, const char* what) {
        ++cases;
        EXPECT_EQ(name(verifier.check(token, now).fault), name(why)) << what << ": " << token.substr(0, 300);
    }
};

TEST_F(Forged, TheModelOfThemAllIsAccepted) {
    EXPECT_EQ(hs.check(hs_token(header, payload), now).fault, none);
    EXPECT_EQ(rs.check(rs_token(R"({"alg":"RS256"})", payload, rsa().private_pem), now).fault, none);
}

TEST_F(Forged, BySignatureOrAlgorithm) {
    const std::string good = hs_token(header, payload);
    const std::string part = without_signature(good);
    refused(hs, part + "." + hs256(part, "another secret of thirty-two bytes"), signature, "other secret");
    refused(hs, part + "." + hs256(part, secret + "x"), signature, "longer secret");
    refused(hs, part + "." + hs256(part, ""), signature, "empty secret");
    refused(hs, part + ".", malformed, "no signature");
    refused(hs, part, malformed, "no third part");
    refused(hs, part + "." + base64url_encode(std::string(32, '\0')), signature, "zeros");
    refused(hs, part + "." + base64url_encode("x"), signature, "one byte");
    refused(hs, good + "AAAA", signature, "longer signature");
    refused(hs, good.substr(0, good.size() - 4), signature, "shorter signature");
    refused(hs,
            unsigned_part(header, R"({"sub":"bob","exp":1800000060,"iss":"me","aud":"chat"})") +
                good.substr(good.rfind('.')),
            signature, "another's signature");
    for (const char* alg : {"none", "None", "NONE", "nOnE"}) {
        const std::string bare = unsigned_part(R"({"alg":")" + std::string(alg) + R"("})", payload);
        refused(hs, bare + ".", malformed, "alg none, nothing signed");
        refused(hs, bare, malformed, "alg none, two parts");
        refused(hs, bare + "." + hs256(bare, secret), algorithm, "alg none, signed");
        refused(rs, bare + "." + base64url_encode("x"), algorithm, "alg none for RS256");
    }
    for (const char* alg : {"HS384", "HS512", "hs256", "HS256 ", "RS256", "ES256", "PS256", "EdDSA", "HS"}) {
        const std::string bare = unsigned_part(R"({"alg":")" + std::string(alg) + R"("})", payload);
        refused(hs, bare + "." + hs256(bare, secret), algorithm, "another algorithm");
    }
}

TEST_F(Forged, ByConfusionOfAPublicKeyWithASecret) {
    const std::string pem = rsa().public_pem;
    for (const std::string& key : {pem, pem.substr(0, pem.size() - 1), ec().public_pem}) {
        refused(rs, hs_token(header, payload, key), algorithm, "HS256 with the public key");
        refused(es, hs_token(header, payload, key), algorithm, "HS256 with the public key");
        const std::string named = R"({"alg":"HS256","kid":"r"})";
        refused(several, hs_token(named, payload, key), algorithm, "the same, by key id");
    }
    const std::string as_rs = unsigned_part(R"({"alg":"RS256"})", payload);
    refused(rs, as_rs + "." + hs256(as_rs, pem), signature, "an HMAC that says it is RS256");
    const std::string as_es = unsigned_part(R"({"alg":"ES256"})", payload);
    refused(es, as_es + "." + hs256(as_es, ec().public_pem), signature, "an HMAC that says it is ES256");
    refused(es, as_es + "." + base64url_encode(std::string(64, '\0')), signature, "ECDSA with r = s = 0");
    refused(es, as_es + "." + rs256(as_es, rsa().private_pem), signature, "RSA that says it is ES256");
    const auto stranger = make_rsa();
    refused(rs, rs_token(R"({"alg":"RS256"})", payload, stranger.private_pem), signature, "another RSA key");
    refused(rs,
            rs_token(R"({"alg":"RS256","jwk":{"kty":"RSA","n":"AQAB","e":"AQAB"}})", payload,
                     stranger.private_pem),
            signature, "brings its own key");
    refused(rs,
            rs_token(R"({"alg":"RS256","jku":"http://evil.example/keys"})", payload, stranger.private_pem),
            signature, "says where its key is");
}

TEST_F(Forged, ByKeyId) {
    const auto token = [](const char* id, const std::string& key = secret) {
        return hs_token(R"({"alg":"HS256","kid":")" + std::string(id) + R"("})", payload, key);
    };
    EXPECT_EQ(several.check(token("h"), now).fault, none);
    refused(several, token("x"), key, "unknown id");
    refused(several, token("H"), key, "other case");
    refused(several, token("../../dev/null", ""), key, "a path");
    refused(several, token("h' OR '1'='1"), key, "a query");
    refused(several, token("r"), algorithm, "another key's id");
    refused(several, token("e"), algorithm, "another key's id");
    refused(several, hs_token(header, payload), key, "no id, though every key has one");
    refused(hs, token("h"), key, "an id, though the key has none");
    refused(several, hs_token(R"({"alg":"HS256","kid":7})", payload), malformed, "an id that is no text");
    refused(several, hs_token(R"({"alg":"HS256","kid":null})", payload), malformed, "null");
}

TEST_F(Forged, ByClaims) {
    refused(hs, signed_with(R"("sub":"ann","exp":1800000000)"), expired, "ends now");
    refused(hs, signed_with(R"("sub":"ann","exp":1)"), expired, "long ago");
    refused(hs, signed_with(R"("sub":"ann")"), malformed, "never ends");
    refused(hs, signed_with(R"("sub":"ann","exp":0)"), malformed, "0");
    refused(hs, signed_with(R"("sub":"ann","exp":-1)"), malformed, "negative");
    refused(hs, signed_with(R"("sub":"ann","exp":"1800000060")"), malformed, "a text");
    refused(hs, signed_with(R"("sub":"ann","exp":1800000060.5)"), malformed, "a fraction");
    refused(hs, signed_with(R"("sub":"ann","exp":1e99)"), malformed, "huge");
    refused(hs, signed_with(R"("sub":"ann","exp":18446744073709551616)"), malformed, "above 64 bits");
    refused(hs, signed_with(R"("sub":"ann","exp":9223372036854775807)"), malformed, "the largest");
    refused(hs, signed_with(R"("sub":"ann","exp":true)"), malformed, "a truth");
    refused(hs, signed_with(R"("sub":"ann","exp":null)"), malformed, "null");
    refused(hs, signed_with(R"("sub":"ann","exp":[1800000060])"), malformed, "a list");
    refused(hs, signed_with(R"("sub":"ann","exp":1802592001)"), lifetime, "30 days and a second away");
    refused(hs, signed_with(R"("sub":"ann","exp":1800000060,"nbf":1800000006)"), not_yet, "not yet");
    refused(hs, signed_with(R"("sub":"ann","exp":1800000060,"iat":1800000006)"), not_yet, "made later");
    refused(hs, signed_with(R"("sub":"ann","exp":1800000060,"nbf":"0")"), malformed, "nbf is a text");
    refused(hs, signed_with(R"("sub":"ann","exp":1800000060,"iat":{})"), malformed, "iat is a map");
    refused(hs, signed_with(R"("exp":1800000060)"), malformed, "nobody's");
    refused(hs, signed_with(R"("sub":"","exp":1800000060)"), malformed, "an empty name");
    refused(hs, signed_with(R"("sub":7,"exp":1800000060)"), malformed, "a number");
    refused(hs, signed_with(R"("sub":["ann"],"exp":1800000060)"), malformed, "a list of users");
    refused(hs, signed_with(R"("sub":")" + std::string(65, 'a') + R"(","exp":1800000060)"), malformed,
            "a long name");
    refused(hs, signed_with(R"("sub":"ann","exp":1800000060,"jti":5)"), malformed, "an id that is no text");
    refused(hs, signed_with(R"("sub":"ann","exp":1800000060,"jti":")" + std::string(129, 'j') + "\""),
            malformed, "a long id");
    const auto claims = [](const char* rest) {
        return hs_token(header, R"({"sub":"ann","exp":1800000060)" + std::string(rest) + "}");
    };
    refused(hs, claims(R"(,"iss":"me")"), audience, "no audience");
    refused(hs, claims(R"(,"iss":"me","aud":"mail")"), audience, "another audience");
    refused(hs, claims(R"(,"iss":"me","aud":"Chat")"), audience, "other case");
    refused(hs, claims(R"(,"iss":"me","aud":["mail","news"])"), audience, "others");
    refused(hs, claims(R"(,"iss":"me","aud":[])"), malformed, "an empty list");
    refused(hs, claims(R"(,"iss":"me","aud":[["chat"]])"), malformed, "a list in a list");
    refused(hs, claims(R"(,"iss":"me","aud":{"chat":1})"), malformed, "a map");
    refused(hs, claims(R"(,"aud":"chat")"), issuer, "no issuer");
    refused(hs, claims(R"(,"aud":"chat","iss":"you")"), issuer, "another issuer");
    refused(hs, claims(R"(,"aud":"chat","iss":["me"])"), malformed, "a list of issuers");
    const Verifier nameless = *Verifier::make({key_of(Algorithm::hs256, secret, KeyUse::check)}, {});
    refused(nameless, claims(R"(,"aud":"mail")"), audience, "for somebody, and we are nobody");
}

TEST_F(Forged, ByShape) {
    const std::string good = hs_token(header, payload);
    refused(hs, "", malformed, "empty");
    refused(hs, ".", malformed, "a dot");
    refused(hs, "..", malformed, "two dots");
    refused(hs, "...", malformed, "three dots");
    refused(hs, good + ".x", malformed, "four parts");
    refused(hs, " " + good, malformed, "a space before");
    refused(hs, good + "\n", malformed, "a newline behind");
    refused(hs, good + "=", malformed, "padding");
    refused(hs, "Bearer " + good, malformed, "a scheme before");
    refused(hs, good.substr(0, good.find('.')), malformed, "one part");
    refused(hs, good.substr(good.find('.')), malformed, "no header");
    refused(hs, std::string(1, '\0') + good, malformed, "a NUL before");
    refused(hs, good + std::string(1, '\0') + "x", malformed, "a NUL behind");
    refused(hs, good + std::string(limits::token_bytes_max, 'A'), malformed, "huge");
    refused(hs, hs_token(header, R"({"pad":")" + std::string(8200, 'x') + R"(",)" + payload.substr(1)),
            malformed, "huge and signed");
    refused(hs, hs_token(header, "\xff\xfe" + payload), malformed, "not UTF-8");
    refused(hs,
            hs_token(header, R"({"sub":"a)"
                             "\xc0\xaf"
                             R"(","exp":1800000060,"iss":"me","aud":"chat"})"),
            malformed, "an overlong character");
    refused(hs, hs_token(header, payload.substr(0, payload.size() - 1)), malformed, "cut JSON");
    refused(hs, hs_token(header, payload + "x"), malformed, "more than one object");
    refused(hs, hs_token(header, "[" + payload + "]"), malformed, "a list");
    refused(hs, hs_token(header, "null"), malformed, "null");
    refused(hs, hs_token(header, ""), malformed, "nothing");
    refused(hs, hs_token("{}", payload), malformed, "an empty header");
    refused(hs, hs_token(R"({"alg":5})", payload), malformed, "an algorithm that is a number");
    refused(hs, hs_token(R"({"alg":["HS256"]})", payload), malformed, "a list of algorithms");
    refused(hs, hs_token(R"({"alg":"HS256","crit":["exp"],"exp":1})", payload), malformed, "crit");
    refused(hs, hs_token(R"({"alg":"HS256","alg":"HS256"})", payload), malformed, "alg twice");
    refused(hs, hs_token(R"({"alg":"none","alg":"HS256"})", payload), malformed, "alg twice, none first");
    refused(hs, hs_token(R"({"alg":"HS256","\u0061lg":"none"})", payload), malformed, "twice, escaped");
    refused(hs, signed_with(R"("sub":"bob","sub":"ann","exp":1800000060)"), malformed, "sub twice");
    refused(hs, signed_with(R"("sub":"ann","\u0073ub":"bob","exp":1800000060)"), malformed, "escaped");
    refused(hs, signed_with(R"("sub":"ann","exp":1,"exp":1800000060)"), malformed, "exp twice");
    refused(hs, signed_with(R"("sub":"ann","exp":1800000060,"aud":"chat")"), malformed, "aud twice");
    std::string nested = "1";
    for (int i = 0; i < 1500; ++i) nested = "[" + nested + "]";
    refused(hs, signed_with(R"("sub":"ann","exp":1800000060,"deep":)" + nested), malformed, "deep");
}

/// Every bit of a token of each algorithm: no other text may pass for it.
TEST_F(Forged, ByOneBit) {
    const Key es_key = key_of(Algorithm::es256, ec().private_pem, KeyUse::sign);
    Claims claims;
    claims.subject = "ann";
    claims.issuer = "me";
    claims.audience = {"chat"};
    claims.expires = now + 60;
    const std::pair<const Verifier*, std::string> rows[] = {
        {&hs, hs_token(header, payload)},
        {&rs, rs_token(R"({"alg":"RS256"})", payload, rsa().private_pem)},
        {&es, *sign(es_key, claims)}};
    for (const auto& [verifier, token] : rows) {
        ASSERT_EQ(verifier->check(token, now).fault, none);
        for (std::size_t bit = 0; bit < token.size() * 8; bit += verifier == &hs ? 1 : 7) {
            std::string flipped = token;
            flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
            ASSERT_NE(verifier->check(flipped, now).fault, none) << "bit " << bit;
        }
        for (std::size_t length = 0; length < token.size(); ++length)
            ASSERT_NE(verifier->check(token.substr(0, length), now).fault, none) << "cut to " << length;
    }
}

TEST_F(Forged, ByChance) {
    Random random(20261122);
    const std::string good = hs_token(header, payload);
    for (int round = 0; round < 2000; ++round) {
        std::string token = good;
        const auto changes = 1 + random.below(8);
        for (std::uint64_t i = 0; i < changes; ++i)
            token[random.below(token.size())] = static_cast<char>(random.below(256));
        if (token == good) continue;
        ASSERT_NE(hs.check(token, now).fault, none) << "round " << round;
    }
}

}  // namespace
}  // namespace hubbub::auth::testing
