// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/wiring/storelocation.h"

#include "model/store/storeurl.h"

#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace interlock {

QString defaultStoreUrl()
{
    const QString chosen = qEnvironmentVariable("INTERLOCK_STORE");
    if (!chosen.isEmpty())
        return chosen;
    return u"sqlite:"_s + QStandardPaths::writableLocation(QStandardPaths::GenericDataLocation) +
           u"/interlock/interlock.sqlite"_s;
}

QString shownStoreUrl(const QString &url)
{
    // What does not parse may hold a password anywhere.
    return StoreUrl::parse(url).map(&StoreUrl::toString).value_or(u"(not a store URL)"_s);
}

} // namespace interlock
