// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QStringList>

#include <functional>
#include <memory>

namespace interlock {

/// One record of a CSV file.
struct CsvRecord
{
    qint64 line = 0;    ///< where it begins, from 1; a quoted field may hold line ends, so records and lines differ
    QStringList fields; ///< none for a blank line
    qsizetype undecodable = -1; ///< index of the first field that is not UTF-8 (and is empty here), or -1

    friend bool operator==(const CsvRecord &, const CsvRecord &) = default;
};

/// Reads CSV as it comes, in pieces of any size: commas, double quotes, LF, CRLF or CR, a UTF-8 byte order mark, a
/// missing last line end. Blanks around a field do not belong to it unless they are quoted. A quote inside an unquoted
/// field, text after a closing quote and an open quote at the end are refused rather than guessed at.
/// \complexity O(bytes); holds one record
/// \source RFC 4180
class CsvReader
{
public:
    /// `take` is called for each record, in order, while feed() and finish() run.
    explicit CsvReader(std::function<void(CsvRecord)> take);
    ~CsvReader();
    CsvReader(const CsvReader &) = delete;
    CsvReader &operator=(const CsvReader &) = delete;

    /// \returns Invalid (quotes, UTF-16) or Limit (a record over 1 MiB or with more than 256 fields), with the payload
    ///          `line`; after an error the reader takes nothing more and keeps answering it
    [[nodiscard]] Expected<void> feed(QByteArrayView bytes);
    /// What the last line end left open. \returns as feed()
    [[nodiscard]] Expected<void> finish();

private:
    struct Private;

    std::unique_ptr<Private> m;
};

} // namespace interlock
