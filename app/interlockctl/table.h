// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <vector>

namespace interlock {

/// Aligned columns for people.
class Table
{
public:
    /// \param whenEmpty  the sentence shown in place of a table without rows
    Table(QStringList header, QString whenEmpty) : m_header(std::move(header)), m_whenEmpty(std::move(whenEmpty)) {}

    /// One cell a column.
    void add(QStringList cells);

    [[nodiscard]] QString toString() const;

private:
    QStringList m_header;
    QString m_whenEmpty;
    std::vector<QStringList> m_rows;
};

/// `yes` or `no`.
[[nodiscard]] QString yesNo(bool value);

} // namespace interlock
