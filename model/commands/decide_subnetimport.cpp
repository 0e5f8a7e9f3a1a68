// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/decide_parts.h"
#include "model/commands/decide_subnetparts.h"
#include "model/commands/subnetimport.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace interlock::parts {

namespace {

Error refused(const std::vector<ImportRefusal> &refusals)
{
    QJsonArray errors;
    for (const ImportRefusal &refusal : refusals) {
        errors.append(QJsonObject{{u"table"_s, refusal.place.isSubnet ? u"subnet"_s : u"address"_s},
                                  {u"row"_s, static_cast<qint64>(refusal.place.row)},
                                  {u"kind"_s, nameOf(refusal.kind)},
                                  {u"message"_s, refusal.reason}});
    }
    return {ErrorKind::Invalid,
            u"%1 rows are refused, the first: %2"_s.arg(refusals.size()).arg(refusals.front().reason),
            {{u"errors"_s, errors}, {u"count"_s, static_cast<qint64>(refusals.size())}}};
}

} // namespace

Expected<Outcome> run(TopologyEdit &edit, const ImportSubnets &c, Timestamp now)
{
    SubnetImport import(c, now);
    import.step(edit, import.total());
    if (!import.refusals().empty())
        return fail(refused(import.refusals()));
    std::vector<Row> keys;
    keys.reserve(import.written().size());
    for (const ImportedRow &row : import.written())
        keys.push_back(import.keyOf(row));
    return subnetOutcome(edit.now(), keys, {});
}

} // namespace interlock::parts
