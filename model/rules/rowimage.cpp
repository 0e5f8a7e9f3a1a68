// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/rowimage.h"

#include "model/rules/rowcodec.h"

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

void appendJson(QString &text, const QString &value)
{
    text += u'"';
    for (const QChar c : value) {
        if (c == u'"' || c == u'\\') {
            text += u'\\';
            text += c;
        } else if (c.unicode() < 0x20) {
            text += u"\\u%1"_s.arg(uint(c.unicode()), 4, 16, QChar(u'0'));
        } else {
            text += c;
        }
    }
    text += u'"';
}
void appendJson(QString &text, qint64 value)
{
    text += QString::number(value);
}
void appendJson(QString &text, bool value)
{
    text += value ? u"true"_s : u"false"_s;
}

template <typename T>
QJsonValue toJson(const T &value)
{
    return QJsonValue(encodeField(value));
}

template <typename T>
Expected<Encoded<T>> fromJson(const QJsonValue &value, const char16_t *name)
{
    const auto wrong = [&] {
        return fail(ErrorKind::StoreCorrupt,
                    u"an image in the journal has no valid '%1'"_s.arg(QString::fromUtf16(name)));
    };
    using E = Encoded<T>;
    if constexpr (kIsOptional<T>) {
        // Images are kept for ever, also those of rows that did not have the field yet.
        if (value.isUndefined())
            return E();
    }
    if constexpr (std::same_as<E, bool>) {
        if (!value.isBool())
            return wrong();
        return value.toBool();
    } else if constexpr (std::same_as<E, qint64>) {
        if (!value.isDouble())
            return wrong();
        return value.toInteger();
    } else {
        if (!value.isString())
            return wrong();
        return value.toString();
    }
}

template <std::size_t I = 0>
Expected<Row> decodeTable(std::size_t table, const QJsonObject &image)
{
    if constexpr (I == kTableCount) {
        return fail(ErrorKind::StoreCorrupt, u"table %1 is unknown"_s.arg(table));
    } else {
        if (table != I)
            return decodeTable<I + 1>(table, image);
        using R = std::variant_alternative_t<I, Row>;
        return buildRow<R>([&]<typename T>(const Field<R, T> &field) {
                   return fromJson<T>(image.value(QStringView(field.json)), field.json);
               })
            .map([](R row) { return Row(std::move(row)); })
            .map_error([](Error error) {
                // Whatever a value's own parser says: the image was written by us, so it is damaged.
                error.kind = ErrorKind::StoreCorrupt;
                return error;
            });
    }
}

} // namespace

QString keyOf(const Row &row)
{
    QString text;
    text.reserve(80);
    std::visit(
        [&](const auto &r) {
            forEachField(r, [&](const auto &field, const auto &value) {
                if (field.use != FieldUse::Key)
                    return;
                text += text.isEmpty() ? u'[' : u',';
                appendJson(text, encodeField(value));
            });
        },
        row);
    return text + u']';
}

QString imageText(const Row &row)
{
    QString text;
    text.reserve(300);
    std::visit(
        [&](const auto &r) {
            forEachField(r, [&](const auto &field, const auto &value) {
                text += text.isEmpty() ? u"{\""_s : u",\""_s;
                text += QStringView(field.json);
                text += u"\":"_s;
                appendJson(text, encodeField(value));
            });
        },
        row);
    return text + u'}';
}

QJsonObject imageOf(const Row &row)
{
    QJsonObject image;
    std::visit(
        [&](const auto &r) {
            forEachField(r, [&](const auto &field, const auto &value) {
                image.insert(QString::fromUtf16(field.json), toJson(value));
            });
        },
        row);
    return image;
}

Expected<Row> rowFromImage(std::size_t table, const QJsonObject &image)
{
    return decodeTable(table, image);
}

bool sameContent(const Row &a, const Row &b)
{
    if (a.index() != b.index())
        return false;
    return std::visit(
        [&](const auto &left) {
            using R = std::decay_t<decltype(left)>;
            const auto &right = std::get<R>(b);
            return std::apply(
                [&](const auto &...field) {
                    return ((field.use == FieldUse::Meta || left.*(field.member) == right.*(field.member)) && ...);
                },
                R::kFields);
        },
        a);
}

qint64 versionOf(const Row &row)
{
    return std::visit([](const auto &r) { return r.version; }, row);
}

Row withVersion(Row row, qint64 version)
{
    std::visit([&](auto &r) { r.version = version; }, row);
    return row;
}

Expected<std::size_t> tableNamed(QStringView name)
{
    for (std::size_t i = 0; i < kTableCount; ++i) {
        if (name == QStringView(kTableNames.at(i)))
            return i;
    }
    return fail(ErrorKind::StoreCorrupt, u"table '%1' is unknown"_s.arg(name.left(40).toString()));
}

} // namespace interlock
