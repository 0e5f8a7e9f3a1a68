// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringView>

namespace interlock {

/// What the two sides are called in the head of a diff; control characters in them are shown as '?'.
struct DiffLabels
{
    QString before;
    QString after;
};

/// How many lines stand around a change.
inline constexpr int kDiffContext = 3;

/// The unified diff that makes `after` out of `before`, as `diff -u` writes it and `patch` reads it; empty when they
/// are equal. Lines end at a line feed only, so a change of CR LF to LF is shown; a last line without one is followed
/// by
/// "\ No newline at end of file".
///
/// The fewest lines are changed as long as that is cheap to find. Texts that have little in common beyond some thousand
/// changes are compared by the lines that each has once, and what then remains is replaced whole: the diff is right all
/// the same.
///
/// \complexity O((n + m) D) for n and m lines and D changes, and never more than some ten million steps and
/// O((n + m) log (n + m))
/// \source E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986
[[nodiscard]] QString unifiedDiff(QStringView before, QStringView after, const DiffLabels &labels,
                                  int context = kDiffContext);

} // namespace interlock
