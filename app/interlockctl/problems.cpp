// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/interlockctl/problems.h"

#include "app/interlockctl/table.h"

#include <QJsonArray>

using namespace Qt::StringLiterals;

namespace interlock {

Answer problemAnswer(const std::vector<StoreProblem> &problems, const QString &whenClean)
{
    Table table({u"KIND"_s, u"TABLE"_s, u"KEY"_s, u"WHAT"_s}, whenClean);
    QJsonArray list;
    for (const StoreProblem &problem : problems) {
        list.append(QJsonObject{{u"kind"_s, problem.kind},
                                {u"table"_s, problem.table},
                                {u"key"_s, problem.key},
                                {u"message"_s, problem.detail}});
        table.add({problem.kind, problem.table, problem.key, problem.detail});
    }
    return {{{u"problems"_s, list}}, table.toString(), {}, problems.empty() ? 0 : 1};
}

} // namespace interlock
