// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/commands/sessionkey.h"

#include <QStringList>

using namespace Qt::StringLiterals;

namespace interlock {

Expected<SessionKey> SessionKey::parse(QStringView text)
{
    const auto refused = fail(
        ErrorKind::Invalid, u"'%1' is no session: instance/generation/cid is expected"_s.arg(text.left(80).toString()));
    const auto parts = text.split(u'/');
    if (parts.size() != 3)
        return refused;
    auto instance = InstanceName::parse(parts[0]);
    bool isGeneration = false;
    bool isCid = false;
    const qint64 generation = parts[1].toLongLong(&isGeneration);
    const qint64 cid = parts[2].toLongLong(&isCid);
    if (!instance || !isGeneration || !isCid || generation < 0 || cid < 0)
        return refused;
    SessionKey key{*std::move(instance), generation, cid};
    // A key has one text only: no sign, no blank, no leading zero.
    if (key.toString() != text)
        return refused;
    return key;
}

QString SessionKey::toString() const
{
    return u"%1/%2/%3"_s.arg(instance.toString()).arg(generation).arg(cid);
}

} // namespace interlock
