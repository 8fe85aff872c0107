using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Gateflow.Tests.Shell;

/// <summary>Away for whoever says so, not for what goes on in the background; or for all.</summary>
internal sealed class BrokenDatabase : DbCommandInterceptor
{
    private readonly AsyncLocal<bool> _here = new();

    private readonly AsyncLocal<Task?> _until = new();

    public bool Here
    {
        get => _here.Value;
        set => _here.Value = value;
    }

    /// <summary>True while it is away for the whole program.</summary>
    public bool Everywhere { get; set; }

    /// <summary>Does something while it is away.</summary>
    public async Task BreakAsync(Func<Task> act)
    {
        Here = true;
        await act();
    }

    /// <summary>What readings wait for here.</summary>
    public Task Until
    {
        get => _until.Value ?? Task.CompletedTask;
        set => _until.Value = value;
    }

    /// <summary>Does something that waits at its first reading.</summary>
    public async Task HoldAsync(Task until, Func<Task> act)
    {
        Until = until;
        await act();
    }

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        await Until;
        return Unless(result);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Unless(result));

    private InterceptionResult<T> Unless<T>(InterceptionResult<T> result) => Here || Everywhere ? throw new SqliteException("unable to open database file", 14) : result;
}
