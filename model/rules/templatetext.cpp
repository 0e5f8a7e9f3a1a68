// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/templatetext.h"

#include "model/rules/variables.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// Both from 1; the column counts characters, not UTF-16 units.
struct Place
{
    int line = 1;
    int column = 1;
};

/// Literal text, or an expression when there is a name.
struct Piece
{
    QStringView literal;
    QString name = {};
    Place place = {};
};

struct Fault
{
    Place place;
    QString what;
};

/// Cuts a template into pieces; goes on behind a fault, so that all of them are found at once.
class TemplateReader
{
public:
    explicit TemplateReader(QStringView text) : m_text(text) {}

    void read()
    {
        while (m_at < m_text.size()) {
            const auto brace = m_text.indexOf(u'{', m_at);
            takeLiteral((brace < 0 ? m_text.size() : brace) - m_at);
            if (brace >= 0)
                readBraces();
        }
    }

    [[nodiscard]] const std::vector<Piece> &pieces() const { return m_pieces; }
    [[nodiscard]] const std::vector<Fault> &faults() const { return m_faults; }

private:
    void readBraces()
    {
        qsizetype count = 1;
        while (m_at + count < m_text.size() && m_text[m_at + count] == u'{')
            ++count;
        const bool isOpening = count % 4 >= 2;
        const auto escapes = count / 4;
        const bool isOdd = count % 2 == 1;
        if (isOdd)
            takeLiteral(1);
        for (qsizetype i = 0; i < escapes; ++i) {
            takeLiteral(2);
            advance(2);
        }
        if (isOpening)
            readExpression();
    }

    void readExpression()
    {
        const Place place = m_place;
        const auto rest = m_text.sliced(m_at + 2);
        const auto lineEnd =
            std::ranges::find_if(rest, [](QChar c) { return c == u'\n' || c == u'\r'; }) - rest.begin();
        const auto line = rest.first(lineEnd);
        const auto close = line.indexOf(u"}}");
        if (close < 0) {
            m_faults.push_back({place, u"'{{' is not closed on its line"_s});
            advance(2 + line.size());
            return;
        }
        addExpression(place, line.first(close));
        advance(2 + close + 2);
    }

    void addExpression(Place place, QStringView inside)
    {
        while (!inside.isEmpty() && isBlank(inside.front()))
            inside = inside.sliced(1);
        while (!inside.isEmpty() && isBlank(inside.back()))
            inside.chop(1);
        if (inside.contains(u'{') || inside.contains(u'}'))
            m_faults.push_back({place, u"braces stand inside of an expression"_s});
        else if (inside.isEmpty())
            m_faults.push_back({place, u"an expression has no name"_s});
        else if (auto name = checkVariableName(inside); !name)
            m_faults.push_back({place, name.error().detail});
        else
            m_pieces.push_back({{}, std::move(*name), place});
    }

    static bool isBlank(QChar c) { return c == u' ' || c == u'\t'; }

    void takeLiteral(qsizetype count)
    {
        if (count > 0)
            m_pieces.push_back({m_text.sliced(m_at, count)});
        advance(count);
    }

    void advance(qsizetype count)
    {
        for (const QChar c : m_text.sliced(m_at, count)) {
            if (c == u'\n')
                m_place = {m_place.line + 1, 1};
            else if (!c.isLowSurrogate())
                ++m_place.column;
        }
        m_at += count;
    }

    QStringView m_text;
    qsizetype m_at = 0;
    Place m_place;
    std::vector<Piece> m_pieces;
    std::vector<Fault> m_faults;
};

QString placeText(Place place)
{
    return u"line %1, column %2"_s.arg(place.line).arg(place.column);
}

Expected<void> checkSize(QStringView text)
{
    if (text.size() > kMaxTemplateLength)
        return fail(ErrorKind::Limit,
                    u"a template has %1 characters and may have %2"_s.arg(text.size()).arg(kMaxTemplateLength));
    if (!text.isValidUtf16())
        return fail(ErrorKind::Invalid, u"a template is not valid Unicode"_s);
    return {};
}

Expected<void> checkFaults(const std::vector<Fault> &faults)
{
    if (faults.empty())
        return {};
    QJsonArray all;
    for (const Fault &fault : faults)
        all.append(
            QJsonObject{{u"line"_s, fault.place.line}, {u"column"_s, fault.place.column}, {u"what"_s, fault.what}});
    const Fault &first = faults.front();
    QString detail = u"%1 of the template: %2"_s.arg(placeText(first.place), first.what);
    if (faults.size() > 1)
        detail += u" (and %1 more faults)"_s.arg(faults.size() - 1);
    return fail(ErrorKind::Invalid, detail,
                {{u"line"_s, first.place.line}, {u"column"_s, first.place.column}, {u"faults"_s, all}});
}

/// Refuses names without a value, all in one error: each with its first place in the sentence, every place as data.
Expected<void> checkDefined(const std::vector<Piece> &pieces, const QHash<QString, QString> &values)
{
    QJsonArray all;
    QStringList texts;
    QSet<QString> seen;
    for (const Piece &piece : pieces) {
        if (piece.name.isEmpty() || values.contains(piece.name))
            continue;
        all.append(
            QJsonObject{{u"name"_s, piece.name}, {u"line"_s, piece.place.line}, {u"column"_s, piece.place.column}});
        if (!seen.contains(piece.name))
            texts += u"%1 (%2)"_s.arg(piece.name, placeText(piece.place));
        seen.insert(piece.name);
    }
    if (all.isEmpty())
        return {};
    return fail(ErrorKind::NotFound, u"the template uses variables that have no value: %1"_s.arg(texts.join(u", ")),
                {{u"undefined"_s, all}});
}

std::vector<QString> namesIn(const std::vector<Piece> &pieces)
{
    std::vector<QString> names;
    for (const Piece &piece : pieces) {
        if (!piece.name.isEmpty())
            names.push_back(piece.name);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

Expected<QString> joined(const std::vector<Piece> &pieces, const QHash<QString, QString> &values)
{
    QString text;
    for (const Piece &piece : pieces) {
        const QString value = piece.name.isEmpty() ? QString() : values.value(piece.name);
        if (text.size() + piece.literal.size() + value.size() > kMaxRenderingLength)
            return fail(ErrorKind::Limit, u"the result would have more than %1 characters"_s.arg(kMaxRenderingLength));
        text += piece.literal;
        text += value;
    }
    return text;
}

} // namespace

Expected<Rendering> renderTemplate(QStringView text, const QHash<QString, QString> &values)
{
    if (auto checked = checkSize(text); !checked)
        return fail(std::move(checked.error()));
    TemplateReader reader(text);
    reader.read();
    if (auto checked = checkFaults(reader.faults()); !checked)
        return fail(std::move(checked.error()));
    if (auto checked = checkDefined(reader.pieces(), values); !checked)
        return fail(std::move(checked.error()));

    Rendering rendering{.text = {}, .used = namesIn(reader.pieces())};
    // Else two different texts could have one checksum: the encoder replaces what it cannot write.
    for (const QString &name : rendering.used) {
        if (!values.value(name).isValidUtf16())
            return fail(ErrorKind::Invalid, u"the value of %1 is not valid Unicode"_s.arg(name), {{u"name"_s, name}});
    }
    auto made = joined(reader.pieces(), values);
    if (!made)
        return fail(std::move(made.error()));
    rendering.text = std::move(*made);
    rendering.checksum = textChecksum(rendering.text);
    return rendering;
}

Expected<void> checkTemplateText(QStringView text)
{
    if (auto checked = checkSize(text); !checked)
        return checked;
    TemplateReader reader(text);
    reader.read();
    return checkFaults(reader.faults());
}

std::vector<QString> variablesOf(QStringView text)
{
    TemplateReader reader(text);
    reader.read();
    return namesIn(reader.pieces());
}

QString escapedTemplateText(QStringView text)
{
    QString escaped;
    for (qsizetype at = 0; at < text.size(); ++at) {
        const bool isPair = text[at] == u'{' && at + 1 < text.size() && text[at + 1] == u'{';
        escaped += isPair ? QStringView(u"{{{{") : text.sliced(at, 1);
        at += isPair ? 1 : 0;
    }
    return escaped;
}

QString textChecksum(QStringView text)
{
    return QString::fromLatin1(QCryptographicHash::hash(text.toUtf8(), QCryptographicHash::Sha256).toHex());
}

} // namespace interlock
