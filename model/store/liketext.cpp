// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/liketext.h"

namespace interlock {

QString likeText(const QString &text)
{
    QString pattern;
    for (const QChar c : text) {
        if (c.isLowSurrogate())
            continue; // one letter with the one before
        if (c == u'%' || c == u'_' || c == u'\\')
            pattern += u'\\';
        pattern += c.unicode() < 128 ? c : QChar(u'_');
    }
    return pattern;
}

} // namespace interlock
