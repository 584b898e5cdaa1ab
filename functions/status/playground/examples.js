// What people may click first. The embedded model of `make run` solves all of them.
export const PROBLEMS = [
  { lang: "en", text: "Solve the equation x^2 + 2x - 3 = 0." },
  { lang: "zh", text: "解方程 x² - 5x + 6 = 0" },
  { lang: "en", text: "Find the derivative of f(x) = x^3 - 4x." },
  { lang: "zh", text: "解不等式 2x + 1 > 7" },
  { lang: "en", text: "Solve the system x + y = 7, x - y = 1." },
  { lang: "zh", text: "小红有 15 支铅笔，用去 6 支，又买来 9 支，现在有多少支？" },
  { lang: "en", text: "A farmer has 17 sheep, buys 5 and sells 3. How many are left?" },
];

export const ARGUMENTS = [
  { lang: "en", text: "All men are mortal. Socrates is a man. Therefore Socrates is mortal." },
  { lang: "zh", text: "如果下雨，地面就湿。地面湿了。所以下雨了。" },
  { lang: "en", text: "All men are mortal. Socrates is mortal. Therefore Socrates is a man." },
  { lang: "zh", text: "所有的鸟都会飞。企鹅是鸟。所以企鹅会飞。" },
];

export const MESSAGES = [
  { lang: "en", text: "What is 6 * 7?" },
  { lang: "zh", text: "解方程 3x - 6 = 0" },
];
