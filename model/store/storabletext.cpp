// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/storabletext.h"

#include <concepts>

namespace interlock {

bool isStorable(const QString &text)
{
    return !text.contains(QChar::Null) && text.isValidUtf16();
}

bool isStorable(const ChangeSet &changes)
{
    bool all = true;
    const auto look = [&](const auto &, const auto &value) {
        if constexpr (std::same_as<std::decay_t<decltype(value)>, QString>)
            all = all && isStorable(value);
    };
    for (const RowChange &change : changes) {
        if (change.after)
            std::visit([&](const auto &row) { forEachField(row, look); }, *change.after);
    }
    return all;
}

} // namespace interlock
