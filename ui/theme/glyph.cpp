// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/theme/glyph.h"

#include <QFile>
#include <QIconEngine>
#include <QPixmapCache>
#include <QSvgRenderer>

#include <cmath>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

QPixmap rendered(const QString &name, const QColor &color, QSize pixels)
{
    const QString key = u"glyph/%1/%2/%3x%4"_s.arg(name, color.name()).arg(pixels.width()).arg(pixels.height());
    QPixmap pixmap;
    if (QPixmapCache::find(key, &pixmap))
        return pixmap;
    pixmap = QPixmap(pixels);
    pixmap.fill(Qt::transparent);
    QFile file(u":/interlock/glyphs/%1.svg"_s.arg(name));
    if (!file.open(QIODevice::ReadOnly))
        return pixmap;
    QSvgRenderer renderer(file.readAll().replace("currentColor", color.name().toLatin1()));
    QPainter painter(&pixmap);
    renderer.render(&painter, QRectF(QPointF(), QSizeF(pixels)));
    QPixmapCache::insert(key, pixmap);
    return pixmap;
}

class GlyphEngine final : public QIconEngine
{
public:
    GlyphEngine(QString name, const QColor &color) : m_name(std::move(name)), m_color(color) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode, QIcon::State) override
    {
        drawGlyph(*painter, rect, m_name, m_color);
    }
    QPixmap pixmap(const QSize &size, QIcon::Mode, QIcon::State) override { return rendered(m_name, m_color, size); }
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode, QIcon::State, qreal) override
    {
        return rendered(m_name, m_color, size); // `size` is in device pixels already
    }
    [[nodiscard]] QIconEngine *clone() const override { return new GlyphEngine(m_name, m_color); }

private:
    QString m_name;
    QColor m_color;
};

} // namespace

void drawGlyph(QPainter &painter, const QRect &rect, const QString &name, const QColor &color)
{
    const qreal scale = painter.device()->devicePixelRatio();
    QPixmap pixmap = rendered(name, color, (QSizeF(rect.size()) * scale).toSize());
    pixmap.setDevicePixelRatio(scale);
    painter.drawPixmap(rect.topLeft(), pixmap);
}

QIcon glyphIcon(const QString &name, const QColor &color)
{
    return QIcon(new GlyphEngine(name, color));
}

} // namespace interlock
