using System.Data.Common;
using Gateflow.Core.Storage.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Shell;

/// <summary>Collects the database commands that each HTTP request makes, whatever goes on in the background meanwhile.</summary>
internal sealed class PageCommands : DbCommandInterceptor, IStartupFilter
{
    private static readonly AsyncLocal<List<string>?> Present = new();
    private volatile List<string> _last = [];

    /// <summary>The commands of the request that came in last.</summary>
    public IReadOnlyList<string> Last
    {
        get
        {
            lock (_last)
            {
                return [.. _last];
            }
        }
    }

    public void Watch(IServiceCollection services)
    {
        services.AddSingleton<IStartupFilter>(this);
        services.ConfigureDbContext<SqliteDb>(o => o.AddInterceptors(this));
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (HttpContext http, RequestDelegate following) =>
        {
            Present.Value = _last = [];
            await following(http);
        });
        next(app);
    };

    /// <summary>Pages only read, and EF reads by a reader.</summary>
    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Note(command);
        return ValueTask.FromResult(result);
    }

    public override InterceptionResult<DbDataReader> ReaderExecuting(DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result)
    {
        Note(command);
        return result;
    }

    private static void Note(DbCommand command)
    {
        if (Present.Value is { } commands)
        {
            lock (commands)
            {
                commands.Add(command.CommandText);
            }
        }
    }
}
