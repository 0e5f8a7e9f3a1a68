// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/metrics.h"

#include <QFontDatabase>
#include <QFontInfo>

namespace interlock {

QFont fontOf(TextRole role, const QFont &body)
{
    QFont font = body;
    const auto scale = [&](double ratio) {
        const double size = body.pointSizeF() > 0 ? body.pointSizeF() : QFontInfo(body).pointSizeF();
        font.setPointSizeF(std::max(size * ratio, std::min(8.0, size)));
    };
    switch (role) {
    case TextRole::Title:
        scale(1.15);
        font.setWeight(QFont::DemiBold);
        break;
    case TextRole::Heading:
        font.setWeight(QFont::DemiBold);
        break;
    case TextRole::Body:
        break;
    case TextRole::Label:
        scale(0.88);
        font.setWeight(QFont::Medium);
        break;
    case TextRole::Caption:
        scale(0.85);
        break;
    case TextRole::Code:
        font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
        scale(0.92);
        break;
    }
    return font;
}

bool hasTabularDigits(const QFont &font)
{
    const QFontMetricsF metrics(font);
    const qreal width = metrics.horizontalAdvance(u'0');
    for (char16_t digit = u'1'; digit <= u'9'; ++digit) {
        if (!qFuzzyCompare(metrics.horizontalAdvance(QChar(digit)), width))
            return false;
    }
    return true;
}

} // namespace interlock
