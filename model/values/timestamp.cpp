// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/values/timestamp.h"

#include <QTimeZone>

using namespace Qt::StringLiterals;

namespace interlock {

Expected<Timestamp> Timestamp::parse(QStringView text)
{
    const QString trimmed = text.trimmed().toString();
    QDateTime moment;
    if (trimmed.size() == 10) {
        moment = QDateTime(QDate::fromString(trimmed, Qt::ISODate), QTime(0, 0), QTimeZone::utc());
    } else {
        moment = QDateTime::fromString(trimmed, Qt::ISODateWithMs);
        if (moment.timeSpec() == Qt::LocalTime) // a time without zone means something else on every machine
            moment = {};
    }
    if (!moment.isValid())
        return fail(ErrorKind::Invalid, u"'%1' is not a date or an RFC 3339 time with a zone"_s.arg(trimmed.left(40)));
    return fromMilliseconds(moment.toMSecsSinceEpoch());
}

QString Timestamp::toString() const
{
    // Only Qt::UTC is written as "Z"; QTimeZone::utc() gives "+00:00".
    return QDateTime::fromMSecsSinceEpoch(m_milliseconds, Qt::UTC).toString(Qt::ISODateWithMs);
}

} // namespace interlock
