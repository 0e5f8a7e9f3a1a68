// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "model/rules/importsink.h"

#include <QByteArray>

namespace interlock {

/// Reads `{"subnets": [{...}, ...], "addresses": [{...}, ...]}` as it comes: each row is taken when it is complete,
/// so that a file of any size costs the memory of its rows.
class ImportJsonReader
{
public:
    explicit ImportJsonReader(ImportSink &sink) : m_sink(sink) {}

    /// \returns false when the rest is of no use
    bool feed(QByteArrayView bytes);
    void end();

private:
    void step(char c);
    void stepOutside(char c);
    void open(char c);
    void close();
    void takeRow();

    ImportSink &m_sink;
    QByteArray m_frame; ///< the document without blanks, with {} in the place of each row
    QByteArray m_row;   ///< the row that is open
    qint64 m_line = 1;
    qint64 m_rowLine = 0;
    qint64 m_rows = 0;
    int m_depth = 0;
    bool m_isInRow = false;
    bool m_isInString = false;
    bool m_isEscaped = false;
    bool m_isUsable = true;
};

} // namespace interlock
