// Tokens that must be accepted, and what is understood of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "protocol/limits.hpp"
#include "protocol/token_limits.hpp"
#include "tests/auth/forge.hpp"

namespace hubbub::auth::testing {
namespace {

using ::testing::ElementsAre;

Verifier verifier_of(std::vector<Key> keys, Demands demands = {}) {
    auto made = Verifier::make(std::move(keys), std::move(demands));
    return *made;
}

Claims claims_of(std::string subject) {
    Claims claims;
    claims.subject = std::move(subject);
    claims.issued = now - 10;
    claims.expires = now + 60;
    return claims;
}

TEST(Token, SignedByUsIsAcceptedByUsInAllThreeAlgorithms) {
    const struct {
        Algorithm algorithm;
        std::string sign_with, check_with;
    } rows[] = {{Algorithm::hs256, secret, secret},
                {Algorithm::rs256, rsa().private_pem, rsa().public_pem},
                {Algorithm::es256, ec().private_pem, ec().public_pem}};
    for (const auto& row : rows) {
        const Key key = key_of(row.algorithm, row.sign_with, KeyUse::sign, "k1");
        Claims claims = claims_of("ann");
        claims.id = "t-1";
        claims.issuer = "me";
        claims.audience = {"chat", "mail"};
        const auto token = sign(key, claims);
        ASSERT_TRUE(token) << name(row.algorithm);
        const Verifier verifier =
            verifier_of({key_of(row.algorithm, row.check_with, KeyUse::check, "k1")}, {"mail", "me"});
        const Verdict verdict = verifier.check(*token, now);
        EXPECT_EQ(verdict.fault, TokenFault::none) << name(row.algorithm) << ": " << name(verdict.fault);
        EXPECT_EQ(verdict.claims.subject, "ann");
        EXPECT_EQ(verdict.claims.id, "t-1");
        EXPECT_EQ(verdict.claims.issued, now - 10);
        EXPECT_EQ(verdict.claims.expires, now + 60);
        EXPECT_THAT(verdict.claims.audience, ElementsAre("chat", "mail"));
    }
}

TEST(Token, MadeByHandWithOpenSslIsAccepted) {
    const std::string payload = R"({"sub":"ann","exp":1800000060})";
    EXPECT_EQ(verifier_of({key_of(Algorithm::hs256, secret, KeyUse::check)})
                  .check(hs_token(R"({"alg":"HS256","typ":"JWT"})", payload), now)
                  .fault,
              TokenFault::none);
    EXPECT_EQ(verifier_of({key_of(Algorithm::rs256, rsa().public_pem, KeyUse::check)})
                  .check(rs_token(R"({"alg":"RS256"})", payload, rsa().private_pem), now)
                  .fault,
              TokenFault::none);
}

TEST(Token, NamesItsKeyAndOnlyThatOneIsTried) {
    const std::string other = "another secret of thirty-two bytes";
    const Verifier verifier = verifier_of({key_of(Algorithm::hs256, secret, KeyUse::check, "old"),
                                           key_of(Algorithm::hs256, other, KeyUse::check, "new")});
    const auto token = sign(key_of(Algorithm::hs256, other, KeyUse::sign, "new"), claims_of("ann"));
    EXPECT_EQ(verifier.check(*token, now).fault, TokenFault::none);
    const auto wrong = sign(key_of(Algorithm::hs256, other, KeyUse::sign, "old"), claims_of("ann"));
    EXPECT_EQ(verifier.check(*wrong, now).fault, TokenFault::signature);
}

TEST(Token, EndsExactlyWhenItSays) {
    const Verifier verifier = verifier_of({key_of(Algorithm::hs256, secret, KeyUse::check)});
    const auto token = sign(key_of(Algorithm::hs256, secret, KeyUse::sign), claims_of("ann"));
    EXPECT_EQ(verifier.check(*token, now + 59).fault, TokenFault::none);
    EXPECT_EQ(verifier.check(*token, now + 60).fault, TokenFault::expired);
}

TEST(Token, OfAClockThatIsALittleAheadIsAccepted) {
    const Verifier verifier = verifier_of({key_of(Algorithm::hs256, secret, KeyUse::check)});
    Claims claims = claims_of("ann");
    claims.not_before = claims.issued = now + 5;
    const auto token = sign(key_of(Algorithm::hs256, secret, KeyUse::sign), claims);
    EXPECT_EQ(verifier.check(*token, now).fault, TokenFault::none);
    EXPECT_EQ(verifier.check(*token, now - 1).fault, TokenFault::not_yet);
}

TEST(Token, CannotBeSignedForANameThatIsNoText) {
    EXPECT_FALSE(sign(key_of(Algorithm::hs256, secret, KeyUse::sign), claims_of("\xff\xfe")));
}

TEST(TokenKeys, WithTheSameIdAreRefused) {
    const Key key = key_of(Algorithm::hs256, secret, KeyUse::check, "a");
    EXPECT_FALSE(Verifier::make({key, key}, {}));
    EXPECT_FALSE(Verifier::make({}, {}));
}

TEST(TokenKeys, ThatAreWeakOrOfAnotherKindAreRefusedWithoutShowingThem) {
    const struct {
        Algorithm algorithm;
        std::string material;
        KeyUse use;
    } rows[] = {
        {Algorithm::hs256, "short", KeyUse::check},
        {Algorithm::hs256, std::string(31, 'x'), KeyUse::sign},
        {Algorithm::rs256, secret, KeyUse::check},
        {Algorithm::rs256, make_rsa(1024).public_pem, KeyUse::check},
        {Algorithm::rs256, ec().public_pem, KeyUse::check},
        {Algorithm::rs256, rsa().public_pem, KeyUse::sign},
        {Algorithm::es256, rsa().public_pem, KeyUse::check},
        {Algorithm::es256, make_ec("P-384").public_pem, KeyUse::check},
        {Algorithm::es256, ec().public_pem, KeyUse::sign},
    };
    for (const auto& row : rows) {
        const auto key = make_key("", row.algorithm, row.material, row.use);
        ASSERT_FALSE(key) << name(row.algorithm);
        EXPECT_EQ(key.error().message.find(row.material), std::string::npos);
    }
}

TEST(TokenKeys, AreReadFromTheEnvironmentAndNeverFromTheCommandLine) {
    const auto environment = [](const std::string& name) -> std::optional<std::string> {
        if (name == "SECRET") return secret;
        return std::nullopt;
    };
    const auto key = read_key("2026a:HS256:env=SECRET", KeyUse::check, environment);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->id, "2026a");
    EXPECT_EQ(key->material, secret);
    for (const std::string spec :
         {"HS256:env=ABSENT", "HS256:file=/nowhere", "HS512:env=SECRET", "none:env=SECRET", ":env=SECRET"})
        EXPECT_FALSE(read_key(spec, KeyUse::check, environment)) << spec;
    const auto clear = read_key("HS256:" + secret, KeyUse::check, environment);
    ASSERT_FALSE(clear);
    EXPECT_EQ(clear.error().message.find(secret), std::string::npos);
}

}  // namespace
}  // namespace hubbub::auth::testing
