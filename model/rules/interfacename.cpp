// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/interfacename.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

Expected<QString> InterfaceNameRules::check(QStringView text)
{
    const auto isAllowed = [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'.' ||
               c == u'_' || c == u'-';
    };
    // A leading '-' would read as an option in a rule of iptables.
    if (text.isEmpty() || text.size() > 15 || text == u"." || text == u".." || text.startsWith(u'-') ||
        !std::ranges::all_of(text, isAllowed)) {
        return fail(ErrorKind::Invalid,
                    u"an interface has 1 to 15 letters, digits, '.', '_' and '-', not beginning with '-'"_s);
    }
    return text.toString();
}

} // namespace interlock
