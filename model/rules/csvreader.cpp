// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/csvreader.h"

#include <QStringDecoder>

#include <algorithm>
#include <cstring>

#include <csv.h>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

constexpr std::size_t kLargestRecord = 1024 * 1024;
constexpr qsizetype kMostFields = 256;
constexpr qsizetype kLargestPiece = 64 * 1024;

/// csv_parser's state while no record is open.
constexpr int kBetweenRecords = 0;

} // namespace

struct CsvReader::Private
{
    explicit Private(std::function<void(CsvRecord)> taker) : take(std::move(taker))
    {
        csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI);
        csv_set_blk_size(&parser, 4096); // the default of 128 would copy a long field 128 bytes at a time
    }
    ~Private() { csv_free(&parser); }
    Private(const Private &) = delete;
    Private &operator=(const Private &) = delete;

    std::function<void(CsvRecord)> take;
    csv_parser parser = {};
    QStringDecoder decode{QStringDecoder::Utf8, QStringDecoder::Flag::Stateless};
    QByteArray begin; ///< the first bytes, until it is known whether they are a byte order mark
    bool isBegun = false;
    CsvRecord record;
    std::size_t recordSize = 0;
    qint64 line = 1;
    bool hadRecord = false; ///< on this line
    std::optional<Error> error;

    void addField(const char *text, std::size_t size)
    {
        recordSize += size;
        const auto length = static_cast<qsizetype>(size);
        if (record.fields.size() >= kMostFields || recordSize > kLargestRecord)
            return; // told after the piece
        QString field = decode(QByteArrayView(text, length));
        if (decode.hasError()) {
            decode.resetState();
            field.clear();
            if (record.undecodable < 0)
                record.undecodable = record.fields.size();
        }
        record.fields.append(field);
    }
    void endRecord()
    {
        hadRecord = true;
        if (!isTooLarge())
            take(std::exchange(record, {}));
        recordSize = 0;
        record.line = line;
    }
    [[nodiscard]] bool isTooLarge() const { return recordSize > kLargestRecord || record.fields.size() >= kMostFields; }

    Expected<void> refuse(ErrorKind kind, qint64 at, const QString &why)
    {
        error = Error{kind, u"line %1: %2"_s.arg(at).arg(why), {{u"line"_s, at}}};
        return fail(*error);
    }
    Expected<void> refuseSyntax()
    {
        if (csv_error(&parser) != CSV_EPARSE)
            return refuse(ErrorKind::Limit, record.line, u"the record does not fit into memory"_s);
        return refuse(ErrorKind::Invalid, line,
                      u"a quote stands inside an unquoted field, or text follows a closing quote"_s);
    }
    Expected<void> start();
    Expected<void> feedLines(QByteArrayView bytes);
    Expected<void> feedPiece(QByteArrayView piece);

    // What the library calls.
    static void takeField(void *text, std::size_t size, void *self)
    {
        static_cast<Private *>(self)->addField(static_cast<const char *>(text), size);
    }
    static void takeRecord(int /*lineEnd*/, void *self) { static_cast<Private *>(self)->endRecord(); }
};

/// The byte order mark is no text, and UTF-16 would come out as one error a field.
Expected<void> CsvReader::Private::start()
{
    isBegun = true;
    record.line = line;
    if (begin.startsWith("\xff\xfe") || begin.startsWith("\xfe\xff"))
        return refuse(ErrorKind::Invalid, 1, u"the file is UTF-16; save it as UTF-8"_s);
    const QByteArray bytes = begin.startsWith("\xef\xbb\xbf") ? begin.mid(3) : begin;
    begin.clear();
    return feedLines(bytes);
}

Expected<void> CsvReader::Private::feedLines(QByteArrayView bytes)
{
    while (!bytes.isEmpty()) {
        const auto most = std::min(bytes.size(), kLargestPiece);
        const void *end = std::memchr(bytes.data(), '\n', static_cast<std::size_t>(most));
        const auto size = end ? static_cast<const char *>(end) - bytes.data() + 1 : most;
        if (const auto ok = feedPiece(bytes.first(size)); !ok)
            return ok;
        bytes = bytes.sliced(size);
    }
    return {};
}

Expected<void> CsvReader::Private::feedPiece(QByteArrayView piece)
{
    const auto size = static_cast<std::size_t>(piece.size());
    if (csv_parse(&parser, piece.data(), size, takeField, takeRecord, this) != size)
        return refuseSyntax();
    if (isTooLarge() || csv_get_buffer_size(&parser) > kLargestRecord + kLargestPiece)
        return refuse(ErrorKind::Limit, record.line, u"the record has more than 1 MiB or 256 fields"_s);
    if (piece.back() != '\n')
        return {};
    const bool isOpen = parser.pstate != kBetweenRecords;
    if (!isOpen && !hadRecord)
        take(CsvRecord{line, {}, -1}); // the library passes over blank lines
    ++line;
    hadRecord = isOpen;
    if (!isOpen)
        record.line = line;
    return {};
}

CsvReader::CsvReader(std::function<void(CsvRecord)> take) : m(std::make_unique<Private>(std::move(take))) {}

CsvReader::~CsvReader() = default;

Expected<void> CsvReader::feed(QByteArrayView bytes)
{
    if (m->error)
        return fail(*m->error);
    if (m->isBegun)
        return m->feedLines(bytes);
    m->begin.append(bytes.data(), bytes.size());
    return m->begin.size() < 3 ? Expected<void>() : m->start();
}

Expected<void> CsvReader::finish()
{
    if (m->error)
        return fail(*m->error);
    if (!m->isBegun) {
        if (const auto ok = m->start(); !ok)
            return ok;
    }
    if (csv_fini(&m->parser, Private::takeField, Private::takeRecord, m.get()) != 0)
        return m->refuse(ErrorKind::Invalid, m->record.line, u"a quoted field that begins here is not closed"_s);
    return {};
}

} // namespace interlock
