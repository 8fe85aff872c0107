using System.Text.Json.Nodes;
using Gateflow.Core.Members;
using Gateflow.Core.Storage.Sqlite;
using Gateflow.Dashboard.Members;
using Gateflow.Tests.Composition;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Members;

public sealed class MemberBookTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Save_DatabaseRefuses_IsNotCalledAMemberThatExists()
    {
        var saves = new Saves();
        await using var host = await StartAsync(saves);
        var book = host.Get<MemberBook>();
        var ada = (await book.InviteAsync(Member("Ada"), "test", Token)).Value!.View;

        saves.Before = () => throw new DbUpdateException("disk is full");
        await Assert.ThrowsAsync<DbUpdateException>(() => book.InviteAsync(Member("Grace"), "test", Token));
        saves.Before = () => throw new DbUpdateException("disk is full");
        await Assert.ThrowsAsync<DbUpdateException>(() => book.UpdateAsync(ada.Id, new JsonObject { ["role"] = "operator" }, Token));
    }

    [Fact]
    public async Task Invite_AnotherOfTheNameAtTheSameMoment_IsToldToExist()
    {
        var saves = new Saves();
        await using var host = await StartAsync(saves);
        var book = host.Get<MemberBook>();

        saves.Before = () => book.InviteAsync(Member("Ada"), "test", Token);

        Assert.Equal("member_exists", (await book.InviteAsync(Member("Ada"), "test", Token)).Refusal?.Code);
    }

    private static Task<GateflowHost> StartAsync(Saves saves) => GateflowHost.StartAsync(services: s => s.ConfigureDbContext<SqliteDb>(o => o.AddInterceptors(saves)));

    private static JsonObject Member(string name) => new() { ["name"] = name, ["email"] = $"{name}@example.com", ["role"] = "viewer" };

    /// <summary>Lets something happen just before a member is saved, once.</summary>
    private sealed class Saves : SaveChangesInterceptor
    {
        public Func<Task>? Before { get; set; }

        public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        {
            if (Before is { } act && eventData.Context!.ChangeTracker.Entries<Member>().Any())
            {
                Before = null;
                await act();
            }

            return result;
        }
    }
}
