using System.Data.Common;
using Gateflow.Core.Storage;
using Gateflow.Core.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Gateflow.Tests.Usage;

/// <summary>A real SQLite file of its own folder, which can be away, or lose the answer to a commit.</summary>
internal sealed class UsageDatabase : IDbContextFactory<GateflowDb>, IDisposable
{
    private readonly DbContextOptions<SqliteDb> _options;
    private readonly LostAnswers _answers = new();

    private UsageDatabase(IInterceptor[] watching)
    {
        Folder = Directory.CreateTempSubdirectory("gateflow-usage-").FullName;
        _options = new DbContextOptionsBuilder<SqliteDb>()
            .UseSqlite($"Data Source={Path.Combine(Folder, "gateflow.db")}")
            .AddInterceptors([_answers, new VersionStamp(), .. watching]).Options;
    }

    public string Folder { get; }

    /// <summary>While true, no connection can be had.</summary>
    public bool IsAway { get; set; }

    /// <summary>While reset, connections are waited for as with a database that is locked: the thread is kept.</summary>
    public ManualResetEventSlim Answers { get; } = new(initialState: true);

    /// <summary>Makes the next commit succeed without the program learning of it.</summary>
    public void LoseNextAnswer() => _answers.Armed = true;

    public static async Task<UsageDatabase> CreateAsync(params IInterceptor[] watching)
    {
        var database = new UsageDatabase(watching);
        await using var db = database.CreateDbContext();
        await db.Database.EnsureCreatedAsync(TestContext.Current.CancellationToken);
        return database;
    }

    public GateflowDb CreateDbContext()
    {
        Answers.Wait(TimeSpan.FromSeconds(30));
        return IsAway ? throw new IOException("The database is away.") : new SqliteDb(_options);
    }

    public async Task<List<T>> ListAsync<T>()
        where T : class
    {
        await using var db = CreateDbContext();
        return await db.Set<T>().AsNoTracking().ToListAsync(TestContext.Current.CancellationToken);
    }

    public async Task AddAsync(params object[] rows)
    {
        await using var db = CreateDbContext();
        db.AddRange(rows);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Answers.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private sealed class LostAnswers : DbTransactionInterceptor
    {
        public bool Armed { get; set; }

        public override Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            if (Armed)
            {
                Armed = false;
                throw new IOException("The connection broke before the answer came.");
            }

            return Task.CompletedTask;
        }
    }
}
