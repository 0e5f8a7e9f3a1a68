// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/importstage.h"

#include "model/store/bulkload.h"
#include "model/store/journalstore.h"
#include "model/store/rowtable.h"

#include <span>
#include <utility>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// SQLSTATE of a lock that did not come in time.
const QString kLockNotAvailable = u"55P03"_s;

Expected<void> runStageScript(Connection &connection, const QString &path)
{
    for (const QString &sql : sqlScript(path)) {
        if (const auto ok = connection.direct(sql, path); !ok)
            return fail(ok.error());
    }
    return {};
}

class SqliteStage final : public ImportStage
{
public:
    explicit SqliteStage(Connection &connection) : ImportStage(connection) {}
    ~SqliteStage() override { drop(); }

    Expected<void> begin() override
    {
        // A write transaction would lock the live facts too, and this one is long.
        (void)connection().direct(u"DETACH DATABASE live"_s, u"beginning an import"_s);
        // Pages are written once instead of each time that the next row falls on them.
        (void)connection().direct(u"PRAGMA main.cache_size = -131072"_s, u"beginning an import"_s);
        drop();
        return runStageScript(connection(), u"sqlite/import_stage.sql"_s);
    }

    Expected<void> add(const ChangeSet &changes) override
    {
        keepImages(changes);
        if (const auto begun = connection().direct(u"BEGIN"_s, u"putting rows ready"_s); !begun)
            return fail(begun.error());
        BulkLoader subnets(connection(), u"import_subnet_insert"_s);
        BulkLoader addresses(connection(), u"import_address_insert"_s);
        for (const RowChange &change : changes) {
            if (change.before || std::holds_alternative<TenantRow>(change.any())) {
                m_others.push_back(change);
                continue;
            }
            BulkLoader &loader = std::holds_alternative<SubnetRow>(change.any()) ? subnets : addresses;
            if (const auto ok = loader.add([&](const QString &name) { return boundValue(change.any(), name); }); !ok)
                return ok;
        }
        return connection().commit();
    }

    Expected<bool> isInTheWay() override { return false; }

    Expected<std::optional<JournalHead>> lock() override
    {
        return connection().beginWrite().map([](JournalHead head) { return std::optional(std::move(head)); });
    }

    void unlock() override { connection().rollback(); }

    Expected<void> commit(JournalEntry entry) override
    {
        for (const RowChange &change : m_others) {
            if (const auto ok = writeChange(connection(), change); !ok)
                return ok;
        }
        for (const QString &statement : {u"import_subnet_store"_s, u"import_address_store"_s}) {
            if (const auto ok = connection().run(statement); !ok)
                return fail(ok.error());
        }
        return writeJournal(std::move(entry)).and_then([this] { return connection().commit(); });
    }

    void abandon() override { drop(); }

private:
    void drop()
    {
        connection().rollback();
        (void)runStageScript(connection(), u"sqlite/import_end.sql"_s);
        m_others.clear();
        forgetImages();
    }

    ChangeSet m_others; ///< what is not inserted by the two statements: never much
};

class PostgresStage final : public ImportStage
{
public:
    explicit PostgresStage(Connection &connection) : ImportStage(connection) {}
    ~PostgresStage() override { drop(); }

    Expected<void> begin() override
    {
        drop();
        return connection().direct(u"BEGIN"_s, u"beginning an import"_s).map([this](const QSqlQuery &) {
            m_isBegun = true;
        });
    }

    Expected<void> add(const ChangeSet &changes) override
    {
        keepImages(changes);
        const ChangeSet *const only = &changes;
        return bulkWriteChanges(connection(), std::span(&only, 1));
    }

    Expected<bool> isInTheWay() override
    {
        return connection().run(u"import_is_in_the_way"_s).map([](Statement *statement) {
            const bool isAwaited = statement->next() && statement->query().value(0).toBool();
            statement->query().finish();
            return isAwaited;
        });
    }

    Expected<std::optional<JournalHead>> lock() override
    {
        if (const auto locked = runStageScript(connection(), u"postgres/import_lock.sql"_s); !locked) {
            if (locked.error().payload.value("code"_L1).toString() != kLockNotAvailable)
                return fail(locked.error());
            unlock();
            return std::nullopt;
        }
        return connection().journalHead().map([](JournalHead head) { return std::optional(std::move(head)); });
    }

    void unlock() override { (void)runStageScript(connection(), u"postgres/import_unlock.sql"_s); }

    Expected<void> commit(JournalEntry entry) override
    {
        return writeJournal(std::move(entry)).and_then([this] { return connection().commit(); }).map([this] {
            m_isBegun = false;
        });
    }

    void abandon() override { drop(); }

private:
    void drop()
    {
        if (std::exchange(m_isBegun, false))
            connection().rollback();
        forgetImages();
    }

    bool m_isBegun = false;
};

} // namespace

std::unique_ptr<ImportStage> ImportStage::make(Connection &connection)
{
    if (connection.dialect() == Dialect::Sqlite)
        return std::make_unique<SqliteStage>(connection);
    return std::make_unique<PostgresStage>(connection);
}

Expected<bool> takeImportTurn(Connection &connection)
{
    if (connection.dialect() == Dialect::Sqlite)
        return true;
    return connection.run(u"import_turn"_s).map([](Statement *statement) {
        const bool isTaken = statement->next() && statement->query().value(0).toBool();
        statement->query().finish();
        return isTaken;
    });
}

void endImportTurn(Connection &connection)
{
    if (connection.dialect() == Dialect::Postgres)
        (void)runStageScript(connection, u"postgres/import_turn_end.sql"_s);
}

void ImportStage::keepImages(const ChangeSet &changes)
{
    m_few.insert(m_few.end(), changes.begin(), changes.end());
    if (m_packer.changes() == 0 && m_few.size() < kPackedFrom)
        return;
    for (const RowChange &change : std::exchange(m_few, {}))
        m_packer.add(change);
}

void ImportStage::forgetImages()
{
    m_few.clear();
    (void)m_packer.take();
}

Expected<void> ImportStage::writeJournal(JournalEntry entry)
{
    entry.changes = std::exchange(m_few, {});
    return writeEntriesInBulk(connection(), std::span(&entry, 1)).and_then([&] {
        return writePacks(connection(), entry.id, m_packer.take());
    });
}

} // namespace interlock
