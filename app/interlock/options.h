// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/values/error.h"
#include "ui/theme/theme.h"

#include <QSize>
#include <QString>
#include <QStringList>

#include <optional>

namespace interlock {

/// What the command line of the desktop says.
struct Options
{
    enum class What { Window, Screenshots, Version, Help };

    What what = What::Window;
    QString text;                   ///< to be printed, for Version and Help
    std::optional<QString> store;   ///< none: the default
    QString folder;                 ///< of the screenshots
    std::optional<ThemeKind> theme; ///< none: the system's
    std::optional<QSize> size;
    QString language; ///< "en", "de", "tr"; empty: the system's

    /// \param arguments  with the program's name first
    /// \returns Usage
    [[nodiscard]] static Expected<Options> parse(const QStringList &arguments);
};

} // namespace interlock
