using Bunit;
using Gateflow.Core.Storage.Sqlite;
using Gateflow.Dashboard.Access;
using Gateflow.Dashboard.Datasets;
using Gateflow.Dashboard.Features;
using Gateflow.Dashboard.Members;
using Gateflow.Dashboard.Providers;
using Gateflow.Dashboard.Webhooks;
using Gateflow.Tests.Composition;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gateflow.Tests.Shell;

/// <summary>Dialogs stand outside the page's boundary for errors: what they do not tell themselves ends the whole circuit.</summary>
public sealed class DialogFaultTests
{
    [Fact]
    public async Task Submit_DatabaseAway_IsToldInTheDialogAndCanBeTriedAgain()
    {
        var broken = new BrokenDatabase();
        await using var host = await GateflowHost.StartAsync(
            new Dictionary<string, string?> { ["Gateflow:Outbound:AllowedNetworks"] = "127.0.0.0/8" },
            services: s => s.ConfigureDbContext<SqliteDb>(o => o.AddInterceptors(broken)));
        await using var context = new PageTestContext(host);

        await SubmitAsync(context.Render<FeatureDialog>(p => p.Add(d => d.Actor, "Ada")), ("#feature-name", "search"));
        await SubmitAsync(context.Render<MemberDialog>(p => p.Add(d => d.Actor, "Ada")), ("#member-name", "Grace"), ("#member-email", "grace@example.com"));
        await SubmitAsync(context.Render<CreateKeyDialog>(p => p.Add(d => d.Actor, "Ada").Add(d => d.Model, "gpt-4")), ("#key-name", "app"));
        await SubmitAsync(context.Render<WebhookDialog>(p => p.Add(d => d.Actor, "Ada")), ("#webhook-url", "https://127.0.0.1/hook"));
        await SubmitAsync(context.Render<DatasetDialog>(p => p.Add(d => d.Actor, "Ada")), ("#dataset-name", "Questions"));
        await SubmitAsync(
            context.Render<ProviderDialog>(p => p.Add(d => d.Actor, "Ada")),
            ("#provider-type", "openai_compatible"), ("#provider-name", "house"), ("#provider-base-url", "http://127.0.0.1:9/v1"), ("#provider-models", "a"));

        async Task SubmitAsync<T>(IRenderedComponent<T> dialog, params (string Field, string Value)[] fields)
            where T : IComponent
        {
            foreach (var (field, value) in fields)
            {
                await context.ChangeAsync(dialog.Find(field), value);
            }

            for (var time = 0; time < 2; time++)
            {
                await broken.BreakAsync(() => context.SubmitAsync(dialog.Find("form")));

                dialog.WaitForAssertion(() => Assert.Contains("Not saved, the database refused", dialog.Find(".error").TextContent, StringComparison.Ordinal));
            }
        }
    }
}
