using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using Gateflow.Core.Access;
using Gateflow.Core.Audit;
using Gateflow.Core.Members;
using Gateflow.Core.Storage.Sqlite;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Audit;
using Gateflow.Dashboard.Members;
using Gateflow.Tests.Composition;
using Gateflow.Tests.Shell;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gateflow.Tests.Access;

public sealed class SessionTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(GateflowHost.AdminKey, HttpStatusCode.OK)]
    [InlineData("another_key_since_the_first_leaked", HttpStatusCode.Unauthorized)]
    public async Task Session_OfTheConfiguredKey_LivesAsLongAsThatKey(string later, HttpStatusCode expected)
    {
        var data = Directory.CreateTempSubdirectory("gateflow-test-");
        try
        {
            var first = await GateflowHost.StartAsync(dataDirectory: data.FullName);
            using var browser = first.CreateClient();
            using var entered = await browser.GetAsync("/login?token=" + first.Get<SignInLinks>().Create(BootstrapKey.Id), Token);
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, first));
            await first.DisposeAsync();

            await using var second = await GateflowHost.StartAsync(new Dictionary<string, string?> { ["Gateflow:AdminKey"] = later }, data.FullName);
            Assert.Equal(expected, await StatusAsync(browser, second));
        }
        finally
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
            data.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task StandsAsync_OpenPageOfAKey_EndsWithTheSecretOrTheKey()
    {
        await using var host = await GateflowHost.StartAsync();
        var (sessions, keys) = (host.Get<Sessions>(), host.Get<ApiKeys>());
        var made = (await keys.CreateAsync(new CreateKey { Name = "Ada", Role = Role.Operator }, "test", Token)).Value!;
        var ada = Principal(KeyHash.Of(made.Key), made.Id);

        Assert.True(await sessions.StandsAsync(ada, null, Token));
        Assert.False(await sessions.StandsAsync(Principal(KeyHash.Of("another"), made.Id), null, Token));
        Assert.False(await sessions.StandsAsync(new ClaimsPrincipal(new ClaimsIdentity()), null, Token));
        await keys.RevokeAsync(made.Id, Token);
        Assert.False(await sessions.StandsAsync(ada, null, Token));
    }

    [Fact]
    public async Task StandsAsync_KeyThatIsBoundToAnAddress_HoldsForItAlone()
    {
        await using var host = await GateflowHost.StartAsync();
        var (sessions, keys) = (host.Get<Sessions>(), host.Get<ApiKeys>());
        var made = (await keys.CreateAsync(new CreateKey { Name = "Ada", Role = Role.Operator, AllowedIps = ["192.0.2.7"] }, "test", Token)).Value!;
        var ada = Principal(KeyHash.Of(made.Key), made.Id);

        Assert.True(await sessions.StandsAsync(ada, From("192.0.2.7"), Token));
        Assert.False(await sessions.StandsAsync(ada, From("192.0.2.8"), Token));

        static HttpContext From(string address) => new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
    }

    // Addresses stand in logs and histories: only a WebSocket, which can carry no header, may have its key there.
    [Fact]
    public async Task Call_WithTheKeyInItsAddress_IsRefused()
    {
        await using var host = await GateflowHost.StartAsync();
        using var stranger = host.CreateClient();

        using var answer = await stranger.GetAsync(new Uri(host.BaseUrl, $"/v1/management/migrations?access_token={GateflowHost.AdminKey}"), Token);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Watch_DatabaseAway_SignsNobodyOut()
    {
        var broken = new BrokenDatabase();
        await using var host = await GateflowHost.StartAsync(services: s => s.ConfigureDbContext<SqliteDb>(o => o.AddInterceptors(broken)));
        using var watch = new SessionWatch(NullLoggerFactory.Instance, host.Get<Sessions>());
        var stranger = new Member { Id = Ids.New(Member.IdPrefix, DateTimeOffset.UnixEpoch), Name = "Eve", Email = "", Role = Role.Viewer, CreatedAt = default, CreatedBy = "" };
        var page = new AuthenticationState(MemberSessions.Principal(stranger, "test"));

        broken.Here = true;
        Assert.True(await ValidateAsync(watch, page, Token));
        broken.Here = false;
        Assert.False(await ValidateAsync(watch, page, Token));
    }

    [Fact]
    public async Task Circuit_WhoseSessionIsOver_ActsAsUnknown()
    {
        AuditScope? scope = null;
        var handler = new AuditCircuit(new SignedOut(), TimeProvider.System).CreateInboundActivityHandler(_ =>
        {
            scope = AuditScope.Current;
            return Task.CompletedTask;
        });

        await handler(null!);

        Assert.Equal(("unknown", null, AuditChannel.Page), (scope?.Actor, scope?.ActorId, scope!.Channel));
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "ValidateAuthenticationStateAsync")]
    private static extern Task<bool> ValidateAsync(SessionWatch watch, AuthenticationState state, CancellationToken token);

    private static ClaimsPrincipal Principal(KeyHash hash, string id) =>
        KeyAuthentication.Principal(hash, new KeyEntry { Id = id, Name = "Ada", Role = Role.Operator }, KeyAuthentication.SchemeName);

    private static async Task<HttpStatusCode> StatusAsync(HttpClient browser, GateflowHost host)
    {
        using var answer = await browser.GetAsync(new Uri(host.BaseUrl, "/v1/management/migrations"), Token);
        return answer.StatusCode;
    }

    private sealed class SignedOut : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(new ClaimsPrincipal(new ClaimsIdentity())));
    }
}
