using System.Text.Json.Nodes;
using Bunit;
using Bunit.TestDoubles;
using Gateflow.Core.Alerts;
using Gateflow.Core.Migrations;
using Gateflow.Core.Storage;
using Gateflow.Core.Usage;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Composition;
using Gateflow.Dashboard.Datasets;
using Gateflow.Dashboard.Migrations;
using Gateflow.Dashboard.Replay;
using Gateflow.Dashboard.Demo;
using Gateflow.Dashboard.Shadow;
using Gateflow.Dashboard.Live;
using Gateflow.Dashboard.Usage;
using Gateflow.Dashboard.Wizard;
using Gateflow.Tests.Shell;
using Gateflow.Tests.Storage;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Gateflow.Core.Access;
using Gateflow.Tests.Usage;

namespace Gateflow.Tests.Wizard;

/// <summary>The wizard over a real database and the demo's models, without browser, provider or traffic.</summary>
public abstract class WizardBench : DashboardTestContext, IAsyncLifetime
{
    private TestDatabase _database = null!;
    private BunitAuthorizationContext _person = null!;

    protected static CancellationToken Token => Xunit.TestContext.Current.CancellationToken;

    /// <summary>The database, to be taken away for a moment.</summary>
    private protected BrokenDatabase Broken { get; } = new();

    protected Drafting Drafting => Services.GetRequiredService<Drafting>();

    protected WizardReader Reader => Services.GetRequiredService<WizardReader>();

    protected BunitNavigationManager Navigation => Services.GetRequiredService<BunitNavigationManager>();

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(Broken);
        var settings = new Settings
        {
            DataDirectory = Path.GetTempPath(),
            KeysDirectory = Path.GetTempPath(),
            Database = DatabaseProvider.Sqlite,
            ConnectionString = "",
            Node = "test",
            Demo = true,
            Providers = [],
            MaxBodyBytes = 1,
            Samples = new SampleOptions(),
            IsDotnetRun = false,
            AnswerRoots = [],
        };
        JSInterop.SetupModule("./js/shell.js").Setup<string>("timeZone").SetResult("UTC");
        Services.AddLogging();
        Services.AddSingleton(_ => new AlertBell());
        Services.AddSingleton<Gateflow.Dashboard.Features.FeatureBook>();
        Services.AddSingleton(settings).AddSingleton(_database.Factory).AddSingleton(new DemoState(true));
        Services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider()).AddSecretProtectors();
        Services.AddSingleton<Core.Audit.AuditLog>();
        Services.AddFleet(settings).AddRouting(settings).AddUsage(settings).AddRollout(settings).AddShadow().AddMigrations().AddReplay(settings.Roles).AddDatasets().AddLive().AddWizard();
        Services.AddSingleton<TimeProvider>(Clock); // AddFleet's is the machine's, for which the use below grows old
        _person = this.AddAuthorization();
        SignIn();
        await Services.GetRequiredService<Gateflow.Core.Routing.Routes>().ReloadAsync(Token);
    }

    /// <summary>Ada, who may do everything; or a viewer.</summary>
    protected void SignIn(bool viewer = false)
    {
        _person.SetAuthorized("Ada");
        _person.SetPolicies(viewer ? [Policies.Viewer] : [Policies.Viewer, Policies.Operator]);
    }

    /// <summary>Use of gpt-4 in the days before now.</summary>
    protected async Task UseAsync(int requests = 2400, string model = "gpt-4", string feature = "chat")
    {
        await using var db = _database.Open();
        db.AddRange(StoredHours.WithDay(new UsageRollup
        {
            Hour = Now.AddDays(-3),
            Node = "test",
            Model = model,
            ServedModel = model,
            Feature = feature,
            KeyId = "key_a",
            Requests = requests,
            InputTokens = requests * 900L,
            OutputTokens = requests * 100L,
            MaxContext = 6000,
            Cost = requests * 0.03m,
        }));
        await db.SaveChangesAsync(Token);
    }

    protected async Task<string> DraftAsync(string? target = "gpt-5.6-sol", string? name = null)
    {
        var created = await Drafting.CreateAsync(new CreateMigration { SourceModel = "gpt-4", TargetModel = target, Analyze = true, Name = name }, "Ada", Token);
        return created.Value!.Id;
    }

    protected async Task<string> ScheduledAsync(string at)
    {
        var id = await DraftAsync();
        var configured = await Drafting.ConfigureAsync(id, new JsonObject { ["strategy"] = "scheduled", ["execute_at"] = at }, "Ada", Token);
        Assert.True(configured.IsOk);
        return id;
    }

    protected GateflowDb Database() => _database.Open();

    protected async Task<WizardState> StateAsync(string id) => (await Reader.FindAsync(id, Token))!;

    /// <summary>Opens a step as its address says and waits until it is there.</summary>
    protected IRenderedComponent<WizardPage> Open(string id, WizardStep step)
    {
        Navigation.NavigateTo(WizardSteps.Url(id, step));
        var page = Render<WizardPage>(p => p.Add(x => x.Id, id));
        page.WaitForState(() => page.FindAll("[data-testid=wizard-step]").Count > 0 || Navigation.Uri.EndsWith(id, StringComparison.Ordinal));
        return page;
    }

    /// <summary>Reads the page anew after something it does is stored and before it knows; then lets it go on.</summary>
    protected async Task ReloadAmidAsync(IRenderedComponent<WizardPage> page, Func<Task> act, Action amid)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentNullException.ThrowIfNull(act);
        ArgumentNullException.ThrowIfNull(amid);
        var (stored, held) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        Services.GetRequiredService<Transitions>().Routing += _ =>
        {
            if (stored.TrySetResult())
            {
                Broken.Until = held.Task;
            }
        };

        var done = act();
        await stored.Task;
        await page.InvokeAsync(page.Instance.ReloadAsync);
        amid();
        held.SetResult();
        await done;
    }

    /// <summary>What leads to the next step; null while something must be done first.</summary>
    protected static AngleSharp.Dom.IElement? Continue(IRenderedComponent<WizardPage> page) =>
        page.FindAll("footer a.primary").FirstOrDefault(a => a.TextContent == "Continue");

    public new async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}
