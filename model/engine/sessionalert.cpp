// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/engine/sessionalert.h"

#include "model/engine/enginelog.h"
#include "model/engine/logvalue.h"

namespace interlock {

Q_LOGGING_CATEGORY(logEngine, "interlock.engine")

void alert(const InstanceName &instance, LiveSession &session, const QString &sentence)
{
    if (session.fact.alerts.contains(sentence))
        return;
    session.fact.alerts += sentence;
    qCWarning(logEngine, "instance=%s cid=%lld cn=%s alert=%s", qUtf8Printable(instance.toString()),
              static_cast<long long>(session.cid.value),
              quoted(session.fact.cn ? session.fact.cn->toString() : QString()).constData(),
              quoted(sentence).constData());
}

} // namespace interlock
