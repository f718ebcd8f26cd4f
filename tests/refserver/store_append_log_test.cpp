#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <vector>

#include "refserver/store/append_log.hpp"

namespace hubbub {
namespace {

using Records = std::vector<std::vector<std::string>>;

WriteBatch batch_of(const std::vector<std::string>& texts) {
    WriteBatch batch;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        if (i % 3 == 2) {
            batch.erase(texts[i]);
        } else {
            batch.put(texts[i], texts[i] + "!");
        }
    }
    return batch;
}

std::vector<std::string> texts_of(const WriteBatch& batch) {
    std::vector<std::string> texts;
    for (const WriteBatch::Put put : batch) {
        const std::string key(put.key);
        RC_ASSERT(put.erase == (texts.size() % 3 == 2));
        RC_ASSERT(put.value == (put.erase ? "" : key + "!"));
        texts.push_back(key);
    }
    RC_ASSERT(batch.size() == texts.size());
    return texts;
}

struct Written {
    std::string log;
    std::vector<std::size_t> ends;  // of the first 0, 1, 2 ... records
};

Written write(const Records& records) {
    Written out;
    out.ends.push_back(0);
    for (const auto& record : records) {
        append_record(out.log, batch_of(record));
        out.ends.push_back(out.log.size());
    }
    return out;
}

/// What reads back is the records that lie wholly before `damage`, and no other.
void reads_up_to(std::string_view log, std::size_t damage, const Records& records, const Written& written) {
    std::size_t whole = 0;
    while (whole < records.size() && written.ends[whole + 1] <= damage) ++whole;
    Records read;
    const std::size_t end = read_log(log, [&](const WriteBatch& batch) { read.push_back(texts_of(batch)); });
    RC_ASSERT(read == Records(records.begin(), records.begin() + static_cast<std::ptrdiff_t>(whole)));
    RC_ASSERT(end == written.ends[whole]);
}

RC_GTEST_PROP(AppendLog, GivesBackWhatWasAppended, (const Records& records)) {
    const Written written = write(records);
    reads_up_to(written.log, written.log.size(), records, written);
}

RC_GTEST_PROP(AppendLog, EndsBeforeATruncatedRecord, (const Records& records)) {
    const Written written = write(records);
    const auto cut = *rc::gen::inRange<std::size_t>(0, written.log.size() + 1);
    reads_up_to(std::string_view(written.log).substr(0, cut), cut, records, written);
}

RC_GTEST_PROP(AppendLog, EndsBeforeAChangedByte, (const Records& records)) {
    RC_PRE(!records.empty());
    const Written written = write(records);
    std::string log = written.log;
    const auto at = *rc::gen::inRange<std::size_t>(0, log.size());
    log[at] = static_cast<char>(log[at] ^ *rc::gen::inRange(1, 256));
    reads_up_to(log, at, records, written);
}

RC_GTEST_PROP(AppendLog, TakesZerosForTheEnd, (const Records& records)) {
    const Written written = write(records);
    reads_up_to(written.log + std::string(*rc::gen::inRange<std::size_t>(0, 200), '\0'), written.log.size(),
                records, written);
}

RC_GTEST_PROP(AppendLog, DoesNotTakeAnOldRecordInAnotherPlace, (const Records& records)) {
    // As when the file system hands out a block that once held a log.
    RC_PRE(!records.empty());
    const Written written = write(records);
    reads_up_to(written.log + written.log, written.log.size(), records, written);
}

}  // namespace
}  // namespace hubbub
