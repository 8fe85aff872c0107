using Gateflow.E2E.Hosting;
using Microsoft.Playwright;

namespace Gateflow.E2E.Journeys;

/// <summary>How long a person waits for the first page: from the start of the navigation until the server has answered something that was typed.</summary>
public sealed class FirstPageTests(DemoFixture demo) : DemoJourney(demo)
{
    /// <summary>What the product promises on localhost with a warm server.</summary>
    private const double PromisedMilliseconds = 1500;

    /// <summary>The machine of the tests may be busy with others.</summary>
    private const double Allowance = 2;

    private const int Visits = 5;

    /// <summary>Asks the search again and again, as soon as its field is there, until its answer is: only a live circuit can give one.</summary>
    private const string Probe = """
        () => new Promise(done => {
          const timer = setInterval(() => {
            if (document.querySelector('#gf-search a[data-gf-hit]')) { clearInterval(timer); done(performance.now()); return; }
            const field = document.getElementById('gf-search-text');
            if (field) { field.value = 'migrations'; field.dispatchEvent(new InputEvent('input', { bubbles: true })); }
          }, 20);
        })
        """;

    [Fact]
    public async Task FirstPage_WarmServerColdBrowser_AnswersInTime()
    {
        var cookies = await (await Demo.SignedInAsync()).Page.Context.CookiesAsync();
        List<double> times = [];
        for (var visit = 0; visit <= Visits; visit++)
        {
            var visitor = await Demo.Browser.VisitAsync(Demo.Gateflow.Url);
            await visitor.Page.Context.AddCookiesAsync(cookies.Select(c => new Cookie { Name = c.Name, Value = c.Value, Domain = c.Domain, Path = c.Path, HttpOnly = c.HttpOnly, SameSite = c.SameSite }));
            await visitor.Page.GotoAsync("/", new() { WaitUntil = WaitUntilState.Commit });
            times.Add(await visitor.Page.EvaluateAsync<double>(Probe));
            await visitor.Page.Context.CloseAsync();
        }

        var median = times.Skip(1).Order().ElementAt(Visits / 2);
        TestContext.Current.TestOutputHelper?.WriteLine($"First page interactive after {median:0} ms (median of {Visits} visits with an empty cache: {string.Join(", ", times.Skip(1).Select(t => $"{t:0}"))})");
        Assert.InRange(median, 1, PromisedMilliseconds * Allowance);
    }
}
