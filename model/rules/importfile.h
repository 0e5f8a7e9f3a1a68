// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/rows.h"

#include <QByteArrayView>

#include <memory>
#include <vector>

namespace interlock {

/// How a file of subnets and addresses is written.
enum class ImportFormat {
    Auto,     ///< found out from the file; only to ask with
    OpenWisp, ///< OpenWISP IPAM: one subnet and its addresses
    NetBox,   ///< prefixes or IP addresses, as NetBox exports or imports them
    Csv,      ///< our own: a header line, a row for each prefix or address
    Json,     ///< the same rows as JSON
};

template <>
struct EnumNames<ImportFormat>
{
    static constexpr NameTable<ImportFormat, 5> kTable{{{ImportFormat::Auto, u"auto"},
                                                        {ImportFormat::OpenWisp, u"openwisp"},
                                                        {ImportFormat::NetBox, u"netbox"},
                                                        {ImportFormat::Csv, u"csv"},
                                                        {ImportFormat::Json, u"json"}}};
};

/// Why a line of a file cannot be imported.
struct ImportProblem
{
    qint64 line = 0;
    QString column;                      ///< empty when it is about the whole line or file
    QString text;                        ///< what stands there, at most 80 characters
    QString reason;                      ///< one English clause
    ErrorKind kind = ErrorKind::Invalid; ///< HostBits for a prefix that is no network

    friend bool operator==(const ImportProblem &, const ImportProblem &) = default;
};

/// The rows of a file, and what is wrong with it; it may be imported when nothing is.
struct ImportFile
{
    ImportFormat format = ImportFormat::Auto; ///< which it was; Auto when the file ended before that was clear
    std::vector<SubnetRow> subnets;
    std::vector<qint64> subnetLines; ///< where each begins, from 1
    std::vector<AddressRow> addresses;
    std::vector<qint64> addressLines;
    std::vector<ImportProblem> problems; ///< by line

    friend bool operator==(const ImportFile &, const ImportFile &) = default;
};

/// Reads a file of any ImportFormat as it comes, and goes on after a bad row, so that one reading finds all of them.
/// Whether the rows fit into what is stored is not asked here.
///
/// Auto takes what begins with a brace or bracket for JSON, what has OpenWISP's header as its fifth record for
/// OpenWISP's, what has NetBox's column names for NetBox's, and anything else for our own CSV.
/// \complexity O(bytes), and O(n log n) to find rows that are there twice
/// \source SEMANTICS.md 6; CASES X1-X6
class ImportReader
{
public:
    explicit ImportReader(ImportFormat format = ImportFormat::Auto);
    ~ImportReader();
    ImportReader(const ImportReader &) = delete;
    ImportReader &operator=(const ImportReader &) = delete;

    /// The next piece, of any size. \returns false when the rest is of no use: the file is not what it should be
    bool feed(QByteArrayView bytes);
    /// What was read; the reader is empty afterwards.
    [[nodiscard]] ImportFile finish();

private:
    struct Private;

    std::unique_ptr<Private> m;
};

} // namespace interlock
