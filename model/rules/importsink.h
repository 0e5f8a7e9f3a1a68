// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/csvreader.h"
#include "model/rules/importfile.h"

#include <QStringList>

#include <map>
#include <optional>

namespace interlock {

/// One row as a format's reader found it: all of it still text.
struct ImportRow
{
    qint64 line = 0;
    QString prefix;  ///< of a subnet, or empty
    QString address; ///< of an address, or empty
    QString parent;  ///< said for readers; must contain the row, and is derived all the same
    QString tenant;  ///< empty: shared
    QString name;    ///< of a subnet; the holder of an address
    QString role;    ///< of subnets
    QString description;
    QString status; ///< the state of an address; a custom value of a subnet
    QString until;  ///< the end of an address's quarantine
    QString tags;   ///< separated by `;`
    std::map<QString, QString> custom;
};

/// Checks rows and keeps the good ones and the reasons against the others.
class ImportSink
{
public:
    void take(ImportRow row);
    void refuse(qint64 line, const QString &column, QStringView text, const QString &reason,
                ErrorKind kind = ErrorKind::Invalid);
    /// A record of CSV whose bytes or number of fields are wrong is refused. \returns whether it can be used
    [[nodiscard]] bool accepts(const CsvRecord &record, const QStringList &header);

    /// Everything, rows that are there twice refused; the sink is empty afterwards.
    [[nodiscard]] ImportFile finish();

private:
    void takeSubnet(ImportRow row);
    void takeAddress(const ImportRow &row);
    [[nodiscard]] bool isInside(const ImportRow &row, const Prefix &place);
    /// The value, or none after the row was refused.
    template <typename T>
    [[nodiscard]] std::optional<T> checked(const ImportRow &row, const char16_t *column, const QString &text,
                                           Expected<T> value);
    template <typename Row>
    [[nodiscard]] bool describe(const ImportRow &from, Row &row);

    ImportFile m_file;
};

/// Takes the records of one file of CSV.
class ImportFormatReader
{
public:
    virtual ~ImportFormatReader() = default;

    virtual void take(const CsvRecord &record) = 0;
    /// No record follows.
    virtual void end() = 0;
};

[[nodiscard]] std::unique_ptr<ImportFormatReader> makeOwnCsvReader(ImportSink &sink);
[[nodiscard]] std::unique_ptr<ImportFormatReader> makeNetBoxReader(ImportSink &sink);
[[nodiscard]] std::unique_ptr<ImportFormatReader> makeOpenWispReader(ImportSink &sink);

/// True when `header` has the columns of a NetBox list and none that only our own format has.
[[nodiscard]] bool isNetBoxHeader(const QStringList &header);
/// The column of NetBox that a custom value comes from: "vrf", or "cf_rack" for what is a custom field there too.
[[nodiscard]] QString netBoxColumn(const QString &customKey);
/// True when `record` is the header of OpenWISP's fifth line.
[[nodiscard]] bool isOpenWispHeader(const QStringList &record);

} // namespace interlock
