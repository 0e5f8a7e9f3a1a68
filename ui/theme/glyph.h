// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "ui/theme/theme.h"

#include <QIcon>
#include <QPainter>
#include <QString>

namespace interlock {

/// Draws the glyph `name` (a file of resources/icons/glyphs) into `rect` in one colour, sharp at any scale.
void drawGlyph(QPainter &painter, const QRect &rect, const QString &name, const QColor &color);

/// The glyph as an icon; it is drawn anew at each size and scale.
[[nodiscard]] QIcon glyphIcon(const QString &name, const QColor &color);

} // namespace interlock
