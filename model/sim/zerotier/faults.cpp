// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/sim/zerotier/faults.h"

#include <QByteArrayList>

#include <algorithm>

namespace interlock {

bool isLike(const QByteArray &text, const QByteArray &pattern)
{
    if (pattern.isEmpty())
        return true;
    const QByteArrayList pieces = pattern.split('*');
    if (pieces.size() == 1)
        return text == pattern;
    if (!text.startsWith(pieces.first()))
        return false;
    qsizetype at = pieces.first().size();
    for (qsizetype i = 1; i + 1 < pieces.size(); ++i) {
        const auto found = text.indexOf(pieces[i], at);
        if (found < 0)
            return false;
        at = found + pieces[i].size();
    }
    return text.size() - at >= pieces.last().size() && text.endsWith(pieces.last());
}

std::optional<Fault> FaultList::take(const HttpRequest &request)
{
    const auto found = std::find_if(m_faults.begin(), m_faults.end(), [&](const Fault &fault) {
        return (fault.method.isEmpty() || fault.method == request.method) && isLike(request.path, fault.path);
    });
    if (found == m_faults.end())
        return std::nullopt;
    Fault fault = *found;
    if (found->count > 0 && --found->count == 0)
        m_faults.erase(found);
    return fault;
}

} // namespace interlock
