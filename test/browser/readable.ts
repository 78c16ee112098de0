import type { Page } from 'playwright-core';

/**
 * The texts of a page that are too faint to read: a contrast below 4.5 with what lies behind them (3 for large ones),
 * by the formula of WCAG 2. What is disabled may be faint.
 */
export const faintTexts = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const context = canvas.getContext('2d', { willReadFrequently: true });
    /** Any CSS colour over another as red, green, blue. */
    const painted = (colours: readonly string[]): readonly number[] => {
      if (!context) return [0, 0, 0];
      context.clearRect(0, 0, 1, 1);
      for (const colour of colours) {
        context.fillStyle = colour;
        context.fillRect(0, 0, 1, 1);
      }
      return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
    };
    const light = (rgb: readonly number[]): number =>
      rgb
        .map((value) => value / 255)
        .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
        .reduce((sum, value, n) => sum + value * ([0.2126, 0.7152, 0.0722][n] ?? 0), 0);
    const behind = (element: Element | null): string[] =>
      element === null
        ? ['white']
        : [...behind(element.parentElement), getComputedStyle(element).backgroundColor];
    const faint: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      const text = node.textContent?.trim() ?? '';
      if (!element || text === '' || element.closest('script, style, svg, :disabled, .unseen, .skip'))
        continue;
      if (element.getClientRects().length === 0) continue;
      const style = getComputedStyle(element);
      const grounds = behind(element);
      const [a, b] = [light(painted([...grounds, style.color])), light(painted(grounds))];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      const size = Number.parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      if (contrast < (large ? 3 : 4.5)) faint.push(`${contrast.toFixed(2)} ${text.slice(0, 40)}`);
    }
    return faint;
  });

/** What can be used and has no name for those who hear the page. */
export const nameless = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() =>
    [
      ...document.querySelectorAll<HTMLElement>(
        'a, button, input, select, textarea, iframe, dialog[open], svg[role=img]',
      ),
    ]
      .filter((element) => {
        const labels = 'labels' in element ? (element.labels as NodeListOf<HTMLElement> | null) : null;
        const named = element.getAttribute('aria-labelledby');
        const name =
          element.getAttribute('aria-label') ??
          element.getAttribute('title') ??
          (named === null ? null : document.getElementById(named)?.textContent) ??
          (labels?.[0] ?? element).textContent;
        return name?.trim() === '';
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  );

/** Whether the page is wider than the window, so that something is cut off. */
export const isCutOff = (page: Page): Promise<boolean> =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);
