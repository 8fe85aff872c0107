using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Gateflow.Tests.Usage;

/// <summary>Counts the commands that read from a database.</summary>
internal sealed class CommandCount : DbCommandInterceptor
{
    private int _commands;

    /// <summary>Commands since it was asked last.</summary>
    public int Take() => Interlocked.Exchange(ref _commands, 0);

    public override DbCommand CommandCreated(CommandEndEventData eventData, DbCommand result)
    {
        Interlocked.Increment(ref _commands);
        return result;
    }
}
