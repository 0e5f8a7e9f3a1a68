// SPDX-License-Identifier: GPL-3.0-or-later
#include "model/store/operationstore.h"

#include "model/store/leasestore.h"
#include "model/store/rowreading.h"

#include <QJsonDocument>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace interlock {

namespace {

/// How long it is known what became of an operation.
constexpr std::chrono::milliseconds kRemember = std::chrono::hours(24);

QString jsonText(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

QJsonObject jsonObject(const QString &text)
{
    return QJsonDocument::fromJson(text.toUtf8()).object();
}

QJsonObject errorJson(const Error &error)
{
    return {{u"kind"_s, nameOf(error.kind)}, {u"message"_s, error.detail}, {u"details"_s, error.payload}};
}

Error errorFromJson(const QJsonObject &object)
{
    const QString name = object.value("kind"_L1).toString();
    Error error{ErrorKind::BackendUnavailable, object.value("message"_L1).toString(),
                object.value("details"_L1).toObject()};
    for (int kind = 0; kind <= static_cast<int>(ErrorKind::BackendMismatch); ++kind) {
        if (nameOf(static_cast<ErrorKind>(kind)) == name)
            error.kind = static_cast<ErrorKind>(kind);
    }
    return error;
}

Error nobodyTookIt()
{
    return {ErrorKind::NoOwner, u"the owner of the instance did not take it in time; nothing was done"_s, {}};
}

Error ownerWentAway()
{
    return {ErrorKind::NoOwner, u"the owner of the instance went away before it answered: it may have been done"_s, {}};
}

bool isLeaseOfInstance(const Lease &lease)
{
    return lease.kind == LeaseKind::Instance;
}

Expected<Operation> operationFrom(const Statement &row)
{
    const auto kind = parseEnum<OperationKind>(row.text(1));
    const auto instance = InstanceName::parse(row.text(2));
    if (!kind || !instance)
        return fail(ErrorKind::StoreCorrupt, u"a row of the operations does not parse"_s);
    Operation operation{{row.number(0)}, *kind, *instance};
    if (const auto session = optionalText(row, 3)) {
        auto key = SessionKey::parse(*session);
        if (!key)
            return fail(key.error());
        operation.session = *std::move(key);
    }
    if (const auto name = optionalText(row, 4)) {
        auto cn = CommonName::parse(*name);
        if (!cn)
            return fail(cn.error());
        operation.cn = *std::move(cn);
    }
    operation.until = optionalTime(row, 5);
    operation.arguments = jsonObject(row.text(6));
    operation.actor = row.text(7);
    return operation;
}

/// Queued for the instance: asked often, changes nothing.
Expected<qint64> queued(Connection &connection, const QString &instance)
{
    qint64 count = 0;
    const auto counted = forEachRow(
        connection, u"operation_queued"_s, [&](const QString &) -> QVariant { return instance; },
        [&](const Statement &row) { count = row.number(0); });
    if (!counted)
        return fail(counted.error());
    return count;
}

} // namespace

Expected<OperationId> requestOperation(Connection &connection, const Operation &operation)
{
    if (connection.isReadOnly())
        return fail(ErrorKind::ReadOnly, u"the store is read-only"_s);
    const QString instance = operation.instance.toString();
    const auto owner = ownerOf(connection, LeaseKind::Instance, instance);
    if (!owner)
        return fail(owner.error());
    if (!*owner)
        return fail(ErrorKind::NoOwner, u"nobody has the lease of instance %1"_s.arg(instance),
                    {{u"instance"_s, instance}});
    const auto forgotten =
        connection.run(u"operation_forget"_s, [](const QString &) -> QVariant { return qint64{kRemember.count()}; });
    if (!forgotten)
        return fail(forgotten.error());
    OperationId id;
    const auto inserted = forEachRow(
        connection, u"operation_insert"_s,
        [&](const QString &name) -> QVariant {
            if (name == u"kind"_s)
                return enumText(operation.kind);
            if (name == u"instance"_s)
                return instance;
            if (name == u"session"_s)
                return orNull(operation.session);
            if (name == u"cn"_s)
                return orNull(operation.cn);
            if (name == u"until"_s)
                return orNull(operation.until);
            if (name == u"arguments"_s)
                return jsonText(operation.arguments);
            return neverNull(operation.actor);
        },
        [&](const Statement &row) { id = {row.number(0)}; });
    if (!inserted)
        return fail(inserted.error());
    return id;
}

Expected<OperationState> readOperation(Connection &connection, OperationId id)
{
    OperationState state{id};
    std::optional<QString> word;
    QJsonObject result;
    bool isTooOld = false;
    const auto read = forEachRow(
        connection, u"operation_one"_s, [&](const QString &) -> QVariant { return id.value; },
        [&](const Statement &row) {
            word = row.text(0);
            result = jsonObject(row.text(1));
            isTooOld = timeAt(row, 3) - timeAt(row, 2) > kOperationPatience;
        });
    if (!read)
        return fail(read.error());
    if (!word)
        return fail(ErrorKind::NotFound, u"there is no operation %1"_s.arg(id.value));
    const auto progress = parseEnum<OperationProgress>(*word);
    if (!progress)
        return fail(ErrorKind::StoreCorrupt, progress.error().detail);
    state.progress = *progress;
    // As the next owner to look at it will say.
    if (state.progress == OperationProgress::Queued && isTooOld) {
        state.progress = OperationProgress::Failed;
        state.error = nobodyTookIt();
    } else if (state.progress == OperationProgress::Failed) {
        state.error = errorFromJson(result);
    } else {
        state.result = result;
    }
    return state;
}

Expected<std::vector<Operation>> takeOperations(Connection &connection, const Lease &lease)
{
    if (!isLeaseOfInstance(lease))
        return fail(ErrorKind::Invalid, u"only the owner of an instance takes operations"_s);
    if (const auto ok = checkEpoch(connection, lease); !ok)
        return fail(ok.error());
    const auto waiting = queued(connection, lease.name);
    if (!waiting)
        return fail(waiting.error());
    std::vector<Operation> taken;
    if (*waiting == 0)
        return taken;
    const auto valueOf = [&](const QString &name) -> QVariant {
        if (name == u"instance"_s)
            return lease.name;
        if (name == u"patience"_s)
            return qint64{kOperationPatience.count()};
        return name == u"epoch"_s ? QVariant(lease.epoch) : QVariant(jsonText(errorJson(nobodyTookIt())));
    };
    if (const auto expired = connection.run(u"operation_expire"_s, valueOf); !expired)
        return fail(expired.error());
    std::optional<Error> wrong;
    const auto done = forEachRow(connection, u"operation_take"_s, valueOf, [&](const Statement &row) {
        auto operation = operationFrom(row);
        if (operation)
            taken.push_back(*std::move(operation));
        else
            wrong = operation.error();
    });
    if (!done)
        return fail(done.error());
    if (wrong && taken.empty())
        return fail(*wrong);
    std::ranges::sort(taken, {}, &Operation::id);
    return taken;
}

Expected<void> finishOperation(Connection &connection, OperationId id, const Expected<QJsonObject> &result)
{
    const auto done = connection.run(u"operation_finish"_s, [&](const QString &name) -> QVariant {
        if (name == u"id"_s)
            return id.value;
        if (name == u"state"_s)
            return enumText(result ? OperationProgress::Done : OperationProgress::Failed);
        return jsonText(result ? *result : errorJson(result.error()));
    });
    if (!done)
        return fail(done.error());
    if ((*done)->query().numRowsAffected() != 1)
        return fail(ErrorKind::NotFound, u"operation %1 is not one that was taken"_s.arg(id.value));
    return {};
}

Expected<void> abandonOperations(Connection &connection, const Lease &lease)
{
    if (!isLeaseOfInstance(lease))
        return {};
    return connection
        .run(u"operation_abandon"_s,
             [&](const QString &name) -> QVariant {
                 if (name == u"instance"_s)
                     return lease.name;
                 return name == u"epoch"_s ? QVariant(lease.epoch) : QVariant(jsonText(errorJson(ownerWentAway())));
             })
        .map([](Statement *) {});
}

Expected<std::vector<Denial>> readDenials(Connection &connection, const InstanceName &instance)
{
    std::vector<Denial> denials;
    const auto read = forEachRow(
        connection, u"operation_denials"_s, [&](const QString &) -> QVariant { return instance.toString(); },
        [&](const Statement &row) {
            if (auto cn = CommonName::parse(row.text(1)))
                denials.push_back({instance, *std::move(cn), timeAt(row, 2), row.text(3)});
        });
    if (!read)
        return fail(read.error());
    return denials;
}

} // namespace interlock
