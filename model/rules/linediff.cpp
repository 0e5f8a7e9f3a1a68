// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/rules/linediff.h"

#include "model/rules/linematch.h"

#include <QHash>

#include <algorithm>
#include <span>
#include <vector>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// The lines of a text, each with its line feed.
std::vector<QStringView> linesOf(QStringView text)
{
    std::vector<QStringView> lines;
    for (qsizetype begin = 0; begin < text.size();) {
        const auto feed = text.indexOf(u'\n', begin);
        const auto end = feed < 0 ? text.size() : feed + 1;
        lines.push_back(text.sliced(begin, end - begin));
        begin = end;
    }
    return lines;
}

/// A run of lines that are taken out before others are put in.
struct Change
{
    std::size_t before; ///< where it begins in the old text
    std::size_t removed;
    std::size_t after; ///< where it begins in the new text
    std::size_t added;
};

std::vector<Change> changesOf(const LineMarks &marks)
{
    std::vector<Change> changes;
    const std::size_t n = marks.isRemoved.size();
    const std::size_t m = marks.isAdded.size();
    for (std::size_t i = 0, j = 0; i < n || j < m;) {
        const Change begin{i, 0, j, 0};
        while (i < n && marks.isRemoved[i])
            ++i;
        while (j < m && marks.isAdded[j])
            ++j;
        if (i > begin.before || j > begin.after) {
            changes.push_back({begin.before, i - begin.before, begin.after, j - begin.after});
            continue;
        }
        ++i;
        ++j;
    }
    return changes;
}

/// Writes changes as hunks: those whose context would touch are one.
class HunkWriter
{
public:
    HunkWriter(const std::vector<QStringView> &before, const std::vector<QStringView> &after, std::size_t context)
        : m_before(before), m_after(after), m_context(context)
    {
    }

    void write(const std::vector<Change> &changes)
    {
        for (std::size_t first = 0; first < changes.size();) {
            std::size_t last = first;
            while (last + 1 < changes.size() &&
                   changes[last + 1].before - (changes[last].before + changes[last].removed) <= 2 * m_context)
                ++last;
            writeHunk(std::span(changes).subspan(first, last - first + 1));
            first = last + 1;
        }
    }

    [[nodiscard]] const QString &text() const { return m_text; }

private:
    void writeHunk(std::span<const Change> changes)
    {
        const Change &first = changes.front();
        const Change &last = changes.back();
        const std::size_t lead = std::min(m_context, first.before);
        const std::size_t oldEnd = last.before + last.removed;
        const std::size_t trail = std::min(m_context, m_before.size() - oldEnd);
        const std::size_t begin = first.before - lead;
        const std::size_t newBegin = first.after - lead;
        m_text += u"@@ -%1 +%2 @@\n"_s.arg(rangeText(begin, oldEnd + trail - begin),
                                           rangeText(newBegin, last.after + last.added + trail - newBegin));
        std::size_t at = begin;
        for (const Change &change : changes) {
            writeLines(u' ', m_before, at, change.before);
            writeLines(u'-', m_before, change.before, change.before + change.removed);
            writeLines(u'+', m_after, change.after, change.after + change.added);
            at = change.before + change.removed;
        }
        writeLines(u' ', m_before, at, oldEnd + trail);
    }

    /// "7" for one line, "7,3" for three; of none, the number is that of the line before.
    static QString rangeText(std::size_t begin, std::size_t count)
    {
        if (count == 1)
            return QString::number(begin + 1);
        return u"%1,%2"_s.arg(count == 0 ? begin : begin + 1).arg(count);
    }

    void writeLines(QChar mark, const std::vector<QStringView> &lines, std::size_t begin, std::size_t end)
    {
        for (std::size_t i = begin; i < end; ++i) {
            m_text += mark;
            m_text += lines[i];
            if (!lines[i].endsWith(u'\n'))
                m_text += u"\n\\ No newline at end of file\n";
        }
    }

    const std::vector<QStringView> &m_before;
    const std::vector<QStringView> &m_after;
    std::size_t m_context;
    QString m_text;
};

QString labelText(QString label)
{
    for (QChar &c : label) {
        if (!c.isPrint() && !c.isSurrogate())
            c = u'?';
    }
    return label;
}

} // namespace

QString unifiedDiff(QStringView before, QStringView after, const DiffLabels &labels, int context)
{
    if (before == after)
        return {};
    const auto oldLines = linesOf(before);
    const auto newLines = linesOf(after);
    QHash<QStringView, std::uint32_t> numbers;
    const auto numbered = [&numbers](const std::vector<QStringView> &lines) {
        std::vector<std::uint32_t> ids;
        ids.reserve(lines.size());
        for (const QStringView line : lines) {
            auto at = numbers.constFind(line);
            if (at == numbers.constEnd())
                at = numbers.insert(line, static_cast<std::uint32_t>(numbers.size()));
            ids.push_back(*at);
        }
        return ids;
    };
    const auto oldIds = numbered(oldLines);
    const auto newIds = numbered(newLines);

    // Nothing can have more context than all lines; so the sums above cannot overflow.
    HunkWriter writer(oldLines, newLines, std::min(static_cast<std::size_t>(std::max(context, 0)), oldLines.size()));
    writer.write(changesOf(matchLines(oldIds, newIds)));
    return u"--- %1\n+++ %2\n"_s.arg(labelText(labels.before), labelText(labels.after)) + writer.text();
}

} // namespace interlock
