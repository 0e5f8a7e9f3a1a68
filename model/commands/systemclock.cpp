// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/systemclock.h"

#include <QDateTime>

namespace interlock {

Timestamp SystemClock::now() const
{
    return Timestamp::fromMilliseconds(QDateTime::currentMSecsSinceEpoch());
}

} // namespace interlock
