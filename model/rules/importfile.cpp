// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/importfile.h"

#include "model/rules/importjson.h"
#include "model/rules/importsink.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Which record of an OpenWISP file is its header, from 1.
constexpr std::size_t kOpenWispHeader = 5;

bool isFileBlank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

} // namespace

struct ImportReader::Private
{
    explicit Private(ImportFormat asked) : format(asked) {}

    ImportFormat format;
    ImportSink sink;
    ImportJsonReader json{sink};
    CsvReader csv{[this](CsvRecord record) { takeRecord(std::move(record)); }};
    std::unique_ptr<ImportFormatReader> rows; ///< once the format is known to be CSV
    std::vector<CsvRecord> first;             ///< until then
    QByteArray begin;                         ///< until it is known whether it is JSON
    bool isBegun = false;
    bool isUsable = true;

    bool start();
    bool feed(QByteArrayView bytes);
    void refuse(const Error &error);
    void takeRecord(CsvRecord record);
    void decide();
    void endCsv();
};

/// \returns false while the text has not begun
bool ImportReader::Private::start()
{
    QByteArrayView text = begin;
    if (text.startsWith("\xef\xbb\xbf"))
        text = text.sliced(3);
    while (!text.isEmpty() && isFileBlank(text.front()))
        text = text.sliced(1);
    if (text.isEmpty() || (begin.size() < 3 && text.front() == '\xef'))
        return false;
    isBegun = true;
    if (format == ImportFormat::Auto && (text.front() == '{' || text.front() == '['))
        format = ImportFormat::Json;
    // The reader of CSV knows about marks itself, and counts the blank lines.
    if (format == ImportFormat::Json && begin.startsWith("\xef\xbb\xbf"))
        begin.remove(0, 3);
    return true;
}

bool ImportReader::Private::feed(QByteArrayView bytes)
{
    if (format == ImportFormat::Json)
        return json.feed(bytes);
    const auto fed = csv.feed(bytes);
    if (!fed)
        refuse(fed.error());
    return fed.has_value();
}

void ImportReader::Private::refuse(const Error &error)
{
    // The line is told beside it.
    sink.refuse(error.payload.value("line"_L1).toInteger(), {}, {}, error.detail.section(u": "_s, 1));
}

void ImportReader::Private::takeRecord(CsvRecord record)
{
    if (rows) {
        rows->take(record);
        return;
    }
    first.push_back(std::move(record));
    if (format != ImportFormat::Auto || first.size() == kOpenWispHeader)
        decide();
}

/// Finds out which CSV it is, and hands over what waited for that.
void ImportReader::Private::decide()
{
    if (format == ImportFormat::Auto) {
        const auto header = std::ranges::find_if(first, [](const CsvRecord &r) { return !r.fields.isEmpty(); });
        if (first.size() >= kOpenWispHeader && isOpenWispHeader(first[kOpenWispHeader - 1].fields))
            format = ImportFormat::OpenWisp;
        else if (header != first.end() && isNetBoxHeader(header->fields))
            format = ImportFormat::NetBox;
        else
            format = ImportFormat::Csv;
    }
    rows = format == ImportFormat::OpenWisp ? makeOpenWispReader(sink)
           : format == ImportFormat::NetBox ? makeNetBoxReader(sink)
                                            : makeOwnCsvReader(sink);
    for (const CsvRecord &record : std::exchange(first, {}))
        rows->take(record);
}

void ImportReader::Private::endCsv()
{
    const auto ended = isUsable ? csv.finish() : Expected<void>();
    // Also after an error: what is wrong before it is told too.
    if (!rows)
        decide();
    if (!ended)
        refuse(ended.error());
    else if (isUsable)
        rows->end();
}

ImportReader::ImportReader(ImportFormat format) : m(std::make_unique<Private>(format)) {}

ImportReader::~ImportReader() = default;

bool ImportReader::feed(QByteArrayView bytes)
{
    if (!m->isUsable)
        return false;
    if (m->isBegun) {
        m->isUsable = m->feed(bytes);
        return m->isUsable;
    }
    m->begin.append(bytes.data(), bytes.size());
    if (m->start())
        m->isUsable = m->feed(std::exchange(m->begin, {}));
    return m->isUsable;
}

ImportFile ImportReader::finish()
{
    if (!m->isBegun)
        m->sink.refuse(1, {}, {}, u"the file is empty"_s);
    else if (m->format == ImportFormat::Json)
        m->json.end();
    else
        m->endCsv();
    ImportFile file = m->sink.finish();
    file.format = m->format;
    m = std::make_unique<Private>(ImportFormat::Auto);
    return file;
}

} // namespace interlock
