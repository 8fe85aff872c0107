using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace Gateflow.Core.Storage;

/// <summary>
/// Inserts many new rows of one entity within the context's transaction, by the names and conversions of the context's model but past its change
/// tracker, which costs several times what the database does. One round trip where the driver can batch; else one prepared command.
/// </summary>
/// <typeparam name="TRow">An entity whose values are all set before it is stored.</typeparam>
internal static class RowInsert<TRow>
    where TRow : class
{
    /// <summary>PostgreSQL and SQL Server bound the parameters of one round trip (65,535 and 2,100).</summary>
    private const int MaxParameters = 2_000;

    /// <exception cref="DbUpdateException">The database refused a row; what the driver said is its cause, as with rows that EF saves.</exception>
    public static async Task RunAsync(DbContext db, IReadOnlyList<TRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0)
        {
            return;
        }

        var table = Table.Of(db);
        try
        {
            await (db.Database.GetDbConnection() is { CanCreateBatch: true } connection
                ? BatchAsync(db, connection, table, rows, cancellationToken)
                : OneByOneAsync(db, table, rows, cancellationToken));
        }
        catch (DbException fault)
        {
            throw new DbUpdateException("Rows could not be inserted.", fault);
        }
    }

    private static async Task OneByOneAsync(DbContext db, Table table, IReadOnlyList<TRow> rows, CancellationToken cancellationToken)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
        command.CommandText = table.Sql;
        foreach (var column in table.Columns)
        {
            command.Parameters.Add(column.Parameter(command, rows[0]));
        }

        await command.PrepareAsync(cancellationToken);
        foreach (var row in rows)
        {
            for (var i = 0; i < table.Columns.Count; i++)
            {
                command.Parameters[i].Value = table.Columns[i].Value(row);
            }

            await command.ExecuteNonQueryAsync(cancellationToken);
            Processor.GiveWay();
        }
    }

    private static async Task BatchAsync(
        DbContext db, DbConnection connection, Table table, IReadOnlyList<TRow> rows, CancellationToken cancellationToken)
    {
        await using var maker = connection.CreateCommand();
        foreach (var chunk in rows.Chunk(Math.Max(1, MaxParameters / table.Columns.Count)))
        {
            await using var batch = connection.CreateBatch();
            batch.Transaction = db.Database.CurrentTransaction?.GetDbTransaction();
            foreach (var row in chunk)
            {
                var command = batch.CreateBatchCommand();
                command.CommandText = table.Sql;
                foreach (var column in table.Columns)
                {
                    command.Parameters.Add(column.Parameter(maker, row));
                }

                batch.BatchCommands.Add(command);
            }

            await batch.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>The statement and its columns, found once a model.</summary>
    private sealed record Table(IModel Model, string Sql, IReadOnlyList<Column> Columns)
    {
        private static volatile Table? s_last;

        public static Table Of(DbContext db)
        {
            if (s_last is { } known && ReferenceEquals(known.Model, db.Model))
            {
                return known;
            }

            var entity = db.Model.FindEntityType(typeof(TRow))!;
            var store = StoreObjectIdentifier.Create(entity, StoreObjectType.Table)!.Value;
            var sql = db.GetService<ISqlGenerationHelper>();
            List<Column> columns = [.. entity.GetProperties().Select((p, i) => new Column(p, p.GetColumnName(store)!, $"@p{i}"))];
            var text = $"INSERT INTO {sql.DelimitIdentifier(store.Name, store.Schema)} ({string.Join(", ", columns.Select(c => sql.DelimitIdentifier(c.Name)))}) "
                + $"VALUES ({string.Join(", ", columns.Select(c => c.Mark))})";
            return s_last = new Table(db.Model, text, columns);
        }
    }

    private sealed class Column(IProperty property, string name, string mark)
    {
        private readonly RelationalTypeMapping _mapping = property.GetRelationalTypeMapping();

        public string Name { get; } = name;

        /// <summary>Its place in the statement.</summary>
        public string Mark { get; } = mark;

        /// <summary>The value as the driver takes it.</summary>
        public object Value(TRow row)
        {
            var value = property.GetGetter().GetClrValue(row);
            return (value is not null && _mapping.Converter is { } converter ? converter.ConvertToProvider(value) : value) ?? DBNull.Value;
        }

        public DbParameter Parameter(DbCommand maker, TRow row) =>
            _mapping.CreateParameter(maker, Mark, property.GetGetter().GetClrValue(row), property.IsNullable);
    }
}
